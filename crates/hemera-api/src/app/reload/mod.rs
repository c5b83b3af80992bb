//! Secrets in files, read again on SIGHUP and when they change.
//!
//! Each secret has a watcher of its own, so that one whose new value has to be tried at Clerk or at PostgreSQL delays no
//! other. A watcher looks at the content, not at times or events of the file system: a renamed file, a link that
//! Kubernetes swaps and a file written in place are all the same to it. A new value is used only after it has passed the
//! checks of a start; until then the old one stays.

mod certificate;
mod clerk_key;
mod database_login;
mod reader;
mod secret;
mod service_keys;
mod state;
mod watcher;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use freshness::Clock;
use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use self::certificate::CertificateFiles;
use self::clerk_key::ClerkKeyFile;
use self::database_login::DatabaseLoginFile;
use self::secret::Secret;
use self::service_keys::ServiceKeysFile;
use self::watcher::{Cause, Watch, Watcher};
use crate::config::Config;
use crate::http::state::AppState;
use crate::http::tls::Certificate;

/// How often a watcher asks its clock whether a look is due. A change that was found counts when the next look finds the
/// same: what is being written just then is not taken for the whole.
const PULSE: Duration = Duration::from_millis(250);

/// The secrets of a server that are given as files. Clones are the same.
#[derive(Clone)]
pub struct Secrets {
    watched: Arc<[Box<dyn Watch>]>,
    /// Counts how often all of them were to be read again.
    asked: watch::Sender<u64>,
}

impl Secrets {
    /// `tls`: what handshakes take their certificate from, and the one that is there.
    pub(super) fn of(config: &Config, state: &AppState, tls: Option<(RustlsConfig, Certificate)>) -> Self {
        let mut watched = Watched {
            interval: config.secrets.interval,
            state,
            watchers: Vec::new(),
        };
        if let Some(file) = &config.secrets.service_keys {
            let secret = ServiceKeysFile::new(file.clone(), config.secrets.clone(), state.clone());
            watched.add(secret, config.service_keys.clone());
        }
        if let Some(file) = &config.secrets.clerk_secret_key {
            let secret = ClerkKeyFile::new(file.clone(), config.secrets.clone(), state.clone());
            watched.add(secret, config.clerk.secret_key.clone());
        }
        if let (Some(config), Some((in_use, certificate))) = (&config.http.tls, tls) {
            watched.add(
                CertificateFiles::new(config.clone(), Arc::clone(&state.clock), in_use),
                certificate,
            );
        }
        if let Some(file) = &config.secrets.database_url {
            let secret = DatabaseLoginFile::new(
                file.clone(),
                config.http.handler_timeout,
                config.secrets.clone(),
                state.clone(),
            );
            watched.add(secret, config.database.url.clone());
        }
        Self {
            watched: watched.watchers.into(),
            asked: watch::Sender::new(0),
        }
    }

    /// Has all secrets read again, and does not wait for it.
    pub fn ask(&self) {
        let names: Vec<_> = self.watched.iter().map(|watcher| watcher.name()).collect();
        if names.is_empty() {
            tracing::info!(
                "asked to read secrets again: no secret is given as a file that can be read again"
            );
        } else {
            tracing::info!(secrets = names.join(","), "asked to read secrets again");
        }
        self.asked.send_modify(|asked| *asked = asked.wrapping_add(1));
    }

    /// Reads all secrets again, and returns when each new value is in use or refused.
    pub async fn read_now(&self) {
        join_all(self.watched.iter().map(|watcher| watcher.look(Cause::Asked))).await;
    }

    /// Reads those secrets again that are due by the server's clock. A running server does so four times a second.
    pub async fn read_when_due(&self) {
        join_all(self.watched.iter().map(|watcher| watcher.look(Cause::Time))).await;
    }

    /// Watches in the background until `stop`.
    pub(super) fn watch(&self, stop: &CancellationToken) {
        for index in 0..self.watched.len() {
            let secrets = self.clone();
            let watching = stop
                .clone()
                .run_until_cancelled_owned(async move { secrets.watch_one(index).await });
            tokio::spawn(watching);
        }
    }

    async fn watch_one(&self, index: usize) {
        let Some(watcher) = self.watched.get(index) else {
            return;
        };
        // What was asked for before this counts too.
        let mut asked = self.asked.subscribe();
        if *self.asked.borrow() > 0 {
            asked.mark_changed();
        }
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let cause = tokio::select! {
                Ok(()) = asked.changed() => Cause::Asked,
                _ = pulse.tick() => Cause::Time,
            };
            watcher.look(cause).await;
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.watched.iter().map(|watcher| watcher.name());
        f.debug_list().entries(names).finish()
    }
}

/// The watchers as they are put together.
struct Watched<'a> {
    interval: Duration,
    state: &'a AppState,
    watchers: Vec<Box<dyn Watch>>,
}

impl Watched<'_> {
    /// Watches a secret whose value is `in_use`. What is not a file, such as a pipe, can be read only once.
    fn add<S: Secret>(&mut self, secret: S, in_use: S::Value) {
        if !reader::are_files(&secret.files()) {
            tracing::debug!(
                secret = S::NAME.name(),
                "is not given as a file, and is not watched"
            );
            return;
        }
        let metrics = self.state.metrics.secrets.clone();
        let clock: Arc<dyn Clock> = Arc::clone(&self.state.clock);
        let watcher = Watcher::new(secret, in_use, self.interval, clock, metrics);
        self.watchers.push(Box::new(watcher));
    }
}
