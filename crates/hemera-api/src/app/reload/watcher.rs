//! Looks at the files of one secret, and replaces the value in use.

use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::Mutex;

use super::reader::Reader;
use super::secret::{NotUsed, Secret};
use super::state::{NextStep, SecretState};
use crate::metrics::SecretMetrics;

/// How long a new value may take to be tried, whatever hangs.
const DEADLINE: Duration = Duration::from_secs(30);

/// Why a look happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// A person, or what they have set up, asked for it.
    Asked,
    /// It may be time for it.
    Time,
}

/// A watcher of whatever secret.
pub(super) trait Watch: Send + Sync {
    /// The secret's name.
    fn name(&self) -> &'static str;

    /// Looks, where it is due or was asked for, and sees it through. A look that is under way is waited for.
    fn look(&self, cause: Cause) -> BoxFuture<'_, ()>;
}

pub(super) struct Watcher<S: Secret> {
    secret: Arc<S>,
    reader: Reader,
    interval: Duration,
    clock: Arc<dyn Clock>,
    metrics: SecretMetrics,
    state: Mutex<SecretState<S::Value>>,
}

impl<S: Secret> Watcher<S> {
    pub(super) fn new(
        secret: S,
        in_use: S::Value,
        interval: Duration,
        clock: Arc<dyn Clock>,
        metrics: SecretMetrics,
    ) -> Self {
        Self {
            secret: Arc::new(secret),
            reader: Reader::new(),
            interval,
            clock,
            metrics,
            state: Mutex::new(SecretState::new(in_use)),
        }
    }

    async fn look(&self, cause: Cause) {
        let mut state = self.state.lock().await;
        let is_asked = cause == Cause::Asked;
        if !is_asked && !state.is_due(self.clock.now(), self.interval) {
            return;
        }
        // Before the read: what changes during it is found by the next look, within the interval.
        let now = self.clock.now();
        let reading = self.reader.read(&self.secret).await;
        let next = state.found(&reading, now, is_asked);
        if next == NextStep::Nothing {
            return;
        }
        match reading {
            Ok(value) => self.use_value(&mut state, &value, next).await,
            Err(text) => {
                let passes = false;
                self.refuse(&mut state, &NotUsed { text, passes }, next);
            }
        }
    }

    async fn use_value(&self, state: &mut SecretState<S::Value>, value: &S::Value, next: NextStep) {
        if *value == state.in_use {
            if state.is_refused() {
                tracing::info!("secret {} is the one in use again", S::NAME.name());
            } else {
                tracing::info!("secret {} is unchanged", S::NAME.name());
            }
            state.used(value);
            self.metrics.differs(S::NAME, false);
            return;
        }
        let replaced = tokio::time::timeout(DEADLINE, self.secret.replace(&state.in_use, value)).await;
        match replaced {
            Ok(Ok(())) => {
                state.used(value);
                self.metrics.applied(S::NAME);
                self.metrics.differs(S::NAME, false);
                tracing::info!("secret {} was replaced", S::NAME.name());
            }
            Ok(Err(not_used)) => self.refuse(state, &not_used, next),
            Err(_) => {
                let (setting, seconds) = (S::SETTING, DEADLINE.as_secs());
                let text = format!("{setting}: the new value could not be tried within {seconds} s");
                self.refuse(state, &NotUsed { text, passes: true }, next);
            }
        }
    }

    /// Says so once for each content of the files, and once more where what could not be tried is refused.
    fn refuse(&self, state: &mut SecretState<S::Value>, not_used: &NotUsed, next: NextStep) {
        let NotUsed { text, passes } = not_used;
        let is_another = state.refused(*passes, self.clock.now());
        self.metrics.differs(S::NAME, true);
        if !is_another && next != NextStep::UseNew {
            return;
        }
        self.metrics.refused(S::NAME);
        let then = if *passes {
            "it is tried again"
        } else {
            "a server that starts with this value fails"
        };
        tracing::warn!(
            "secret {} was not replaced, the old value stays in use and {then}: {text}",
            S::NAME.name()
        );
    }
}

impl<S: Secret> Watch for Watcher<S> {
    fn name(&self) -> &'static str {
        S::NAME.name()
    }

    fn look(&self, cause: Cause) -> BoxFuture<'_, ()> {
        self.look(cause).boxed()
    }
}
