//! The tasks that the app owns. They end with it.

use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::app::reload::Secrets;
use crate::http::state::AppState;

/// The tasks of a running app. Dropping it ends them.
#[derive(Debug)]
pub(crate) struct Background {
    _stop: DropGuard,
}

impl Background {
    /// Fetches the keys, watches the secrets in files, and once a window forgets idle callers, so that the limiter's
    /// memory is bounded, and closes connections to the database that have been idle for too long.
    pub(crate) fn start(state: &AppState, secrets: &Secrets, window: Duration) -> Self {
        let stop = CancellationToken::new();
        secrets.watch(&stop);
        let warm = state.clone();
        let warming = stop
            .clone()
            .run_until_cancelled_owned(async move { warm.authenticator.warm().await });
        let sweep = state.clone();
        let sweeping = stop.clone().run_until_cancelled_owned(async move {
            let mut ticks = tokio::time::interval(window.max(Duration::from_secs(1)));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                sweep.limiter.sweep();
                sweep.database.close_idle();
            }
        });
        tokio::spawn(warming);
        tokio::spawn(sweeping);
        Self {
            _stop: stop.drop_guard(),
        }
    }
}
