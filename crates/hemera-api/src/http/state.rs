//! What every request shares.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use freshness::Clock;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::academy::Academy;
use crate::academy::identity::Identity;
use crate::academy::participations::Writers;
use crate::audit::Audit;
use crate::auth::Authenticator;
use crate::database::Database;
use crate::http::allow_list::AllowList;
use crate::http::help::HelpLinks;
use crate::limit::Limiter;
use crate::metrics::Metrics;
use crate::security::Security;
use crate::wire::extract::BodyTimeout;

/// What every request shares. Cloning it copies one pointer.
#[derive(Clone, Debug)]
pub(crate) struct AppState(Arc<Shared>);

/// The parts of [`AppState`]; it dereferences to them.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The database.
    pub(crate) database: Database,
    /// The writers of each participation, one after the other.
    pub(crate) writers: Writers,
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    /// The audit log.
    pub(crate) audit: Audit,
    /// What leaves the service about a person.
    pub(crate) identity: Identity,
    /// What normal work does not do.
    pub(crate) security: Security,
    /// What is counted.
    pub(crate) metrics: Metrics,
    /// From where they may call.
    pub(crate) allow_list: AllowList,
    /// Where errors are explained.
    pub(crate) help: HelpLinks,
    /// Who calls.
    pub(crate) authenticator: Authenticator,
    /// How often they may.
    pub(crate) limiter: Arc<Limiter>,
    /// How many requests are worked on at the same time.
    pub(crate) gate: Semaphore,
    /// The requests that are being worked on, also those whose callers have gone.
    pub(crate) tasks: TaskTracker,
    /// Plain values of the configuration.
    pub(crate) settings: Settings,
}

/// Plain values of the configuration that requests need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) body_timeout: Duration,
    pub(crate) handler_timeout: Duration,
    pub(crate) trusted_proxies: usize,
    pub(crate) is_tls: bool,
    pub(crate) docs: bool,
}

impl AppState {
    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<AppState> for Academy {
    fn from_ref(state: &AppState) -> Self {
        Self {
            database: state.database.clone(),
            writers: state.writers.clone(),
            clock: Arc::clone(&state.clock),
            identity: state.identity.clone(),
            results: state.metrics.results.clone(),
        }
    }
}

impl FromRef<AppState> for BodyTimeout {
    fn from_ref(state: &AppState) -> Self {
        Self(state.settings.body_timeout)
    }
}
