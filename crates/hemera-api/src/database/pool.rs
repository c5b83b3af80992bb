//! The connections that requests share.

use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Pool, PoolError, TimeoutType, Timeouts};
use freshness::{Clock as _, Moment, SystemClock};
use sqlx::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connector::Connector;
use super::deadlines::Deadlines;
use super::lease::Lease;
use super::login::Login;
use super::probe::Probe;
use crate::config::{DatabaseConfig, DatabaseUrl};

/// The connections that requests share. Cheap to clone.
///
/// Everything that is asked on one has a deadline, and a connection whose statement was given up is discarded.
#[derive(Clone, Debug)]
pub struct Database {
    pool: Pool<Connector>,
    /// Half of the connections: writes wait for locks, and reads must not wait for them.
    writes: Arc<Semaphore>,
    probe: Probe,
    login: Login,
    limit: Duration,
    idle: Duration,
}

/// How many connections there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Connections {
    pub(crate) idle: usize,
    pub(crate) in_use: usize,
    pub(crate) most: usize,
}

impl Database {
    /// Connects to nothing yet. `handler` is the deadline of the handlers that ask: that of a statement lies below it.
    ///
    /// # Panics
    /// Never: a pool can be built wherever it has a runtime for its deadlines.
    pub fn new(config: &DatabaseConfig, handler: Duration) -> Self {
        let deadlines = Deadlines::below(handler);
        let login = Login::new(config.url.clone());
        let most = config.max_connections as usize;
        let pool = Pool::builder(Connector::new(login.clone(), deadlines))
            .max_size(most)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts {
                wait: Some(config.acquire_timeout),
                create: Some(config.acquire_timeout),
                recycle: None,
            })
            .build();
        #[expect(
            clippy::expect_used,
            reason = "building fails only where deadlines are set and no runtime is named"
        )]
        let pool = pool.expect("a pool with a runtime");
        Self {
            pool,
            writes: Arc::new(Semaphore::new((most / 2).max(1))),
            probe: Probe::new(login.clone(), deadlines),
            login,
            limit: deadlines.ours,
            idle: config.idle_timeout,
        }
    }

    /// A connection for a read.
    ///
    /// # Errors
    /// [`Error::PoolTimedOut`] where all are open and none was free in time; [`Error::Io`] where none was free in time
    /// because none can be opened; and whatever opening one gave.
    pub(crate) async fn lease(&self) -> Result<Lease, Error> {
        self.lease_within(self.limit).await
    }

    /// A connection for statements that may take so long together, where that is less than what every request has.
    ///
    /// # Errors
    /// As [`Database::lease`].
    pub(crate) async fn lease_within(&self, limit: Duration) -> Result<Lease, Error> {
        self.lease_with(SystemClock.now(), limit.min(self.limit), None)
            .await
    }

    /// A connection for a write whose handler began at `began`, by the system's clock: the deadline counts from then on.
    /// At most half of all connections are used for writes at a time, but at least one.
    ///
    /// # Errors
    /// As [`Database::lease`]. Nothing has been sent then.
    pub(crate) async fn lease_for_write(&self, began: Moment) -> Result<Lease, Error> {
        self.lease_for_write_within(began, self.limit).await
    }

    /// How long all statements of a request may take together.
    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }

    /// The same for statements that may take so long together, where that is less than what every request has.
    ///
    /// # Errors
    /// As [`Database::lease`]. Nothing has been sent then.
    pub(crate) async fn lease_for_write_within(
        &self,
        began: Moment,
        limit: Duration,
    ) -> Result<Lease, Error> {
        let wait = self.pool.timeouts().wait.unwrap_or(self.limit);
        let permit = tokio::time::timeout(wait, Arc::clone(&self.writes).acquire_owned()).await;
        let permit = permit
            .map_err(|_| self.none_free())?
            .map_err(|_| Error::PoolClosed)?;
        self.lease_with(began, limit.min(self.limit), Some(permit)).await
    }

    async fn lease_with(
        &self,
        began: Moment,
        limit: Duration,
        write: Option<OwnedSemaphorePermit>,
    ) -> Result<Lease, Error> {
        let asked = tokio::time::timeout(limit, self.pool.get()).await;
        match asked.unwrap_or(Err(PoolError::Timeout(TimeoutType::Wait))) {
            Ok(connection) => Ok(Lease::new(connection, began, limit, write)),
            Err(PoolError::Timeout(TimeoutType::Wait)) => Err(self.none_free()),
            Err(PoolError::Timeout(_)) => Err(not_opened()),
            Err(PoolError::Backend(error)) => Err(error),
            Err(PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)) => {
                Err(Error::PoolClosed)
            }
        }
    }

    /// Why no connection was free in time. While none can be opened, more of them would not help.
    fn none_free(&self) -> Error {
        if self.pool.manager().is_cut_off() {
            not_opened()
        } else {
            Error::PoolTimedOut
        }
    }

    /// Whether PostgreSQL answers within a second, and takes writes. Takes no connection from requests.
    pub(crate) async fn answers(&self) -> bool {
        !self.pool.is_closed() && self.probe.answers().await
    }

    /// How many connections are open now.
    pub(crate) fn connections(&self) -> Connections {
        let status = self.pool.status();
        let idle = status.available.min(status.size);
        Connections {
            idle,
            in_use: status.size - idle,
            most: status.max_size,
        }
    }

    /// What connections are opened with, for those who open their own.
    pub(crate) fn login(&self) -> &Login {
        &self.login
    }

    /// Opens connections with this login from now on. Those that are idle are closed; one that is in use is closed when
    /// its request has finished with it.
    pub(crate) fn replace_login(&self, url: &DatabaseUrl) {
        self.login.replace(url);
        let manager = self.pool.manager();
        let closed = self.pool.retain(|connection, _| !manager.is_retired(connection));
        drop(closed);
        self.probe.retire();
    }

    /// Closes the connections that have been idle for too long.
    pub(crate) fn close_idle(&self) {
        let closed = self.pool.retain(|_, metrics| metrics.last_used() <= self.idle);
        drop(closed);
    }

    /// Gives out no more connections, and closes each as soon as it is not in use. Waits for nothing.
    pub fn close(&self) {
        self.writes.close();
        self.pool.close();
    }
}

fn not_opened() -> Error {
    let cause = "no connection to PostgreSQL was opened in time";
    Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, cause))
}
