//! What every request shares.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use sqlx::PgPool;

use crate::audit::Audit;
use crate::identity::Identity;

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
    /// Plain values of the configuration.
    pub settings: Settings,
}

/// Plain values of the configuration that requests need.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long a request's body may take.
    pub body_timeout: Duration,
    /// How long a request may take as a whole.
    pub handler_timeout: Duration,
}

impl AppState {
    /// The state with these parts.
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
