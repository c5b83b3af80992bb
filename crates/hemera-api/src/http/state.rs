//! What every request shares.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use sqlx::PgPool;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::academy::identity::Identity;
use crate::audit::Audit;
use crate::auth::Authenticator;
use crate::http::allow_list::AllowList;
use crate::limit::Limiter;
use crate::metrics::Metrics;

/// What every request shares. Cloning it copies one pointer.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

/// The parts of [`AppState`]; it dereferences to them.
#[derive(Debug)]
pub struct Shared {
    /// The database.
    pub pool: PgPool,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The audit log.
    pub audit: Audit,
    /// What leaves the service about a person.
    pub identity: Identity,
    /// What is counted.
    pub(crate) metrics: Metrics,
    /// From where they may call.
    pub(crate) allow_list: AllowList,
    /// Who calls.
    pub(crate) authenticator: Authenticator,
    /// How often they may.
    pub(crate) limiter: Arc<Limiter>,
    /// How many requests are worked on at once.
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
