//! Opens connections, and decides which of the idle ones may be used again.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use freshness::{Clock as _, SystemClock};
use sqlx::{Connection as _, PgConnection};
use time::OffsetDateTime;

use super::deadlines::Deadlines;
use super::login::Login;
use super::query;
use super::read_only::{ReadOnly, check_writable};

/// A connection that was idle for longer is tested before a request gets it. A test on every use would cost each request
/// a second round trip.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(30);

/// How long a test may take.
const TEST_DEADLINE: Duration = Duration::from_secs(1);

/// One connection to PostgreSQL.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(super) session: PgConnection,
    /// Grows with each connection that is opened or passes a test: a smaller number is an older proof that it lives.
    proven: u64,
    /// The number of the login that it was opened with.
    login: u64,
    /// The database's clock less ours, when the connection was opened. Never more than it is: the answer's way is not
    /// subtracted.
    clock_ahead: time::Duration,
}

impl Connection {
    /// What the database's clock shows after this time from now, or a little less.
    pub(super) fn database_time_in(&self, span: Duration) -> OffsetDateTime {
        let now = OffsetDateTime::from(SystemClock.now().wall);
        now.saturating_add(self.clock_ahead)
            .saturating_add(time::Duration::try_from(span).unwrap_or(time::Duration::MAX))
    }
}

/// Opens connections for the pool.
///
/// Where one connection is found dead, its elders are tested before they are used: what broke it, a restart or a
/// network that swallows packets, has most likely broken them too. Where a test gets no answer, the elders are
/// discarded without one, so that a silent network costs one wait and not one for each connection.
#[derive(Debug)]
pub(crate) struct Connector {
    login: Login,
    deadlines: Deadlines,
    /// The number of the next proof of life.
    next: AtomicU64,
    /// Connections with a smaller number are tested before they are used.
    suspect_below: AtomicU64,
    /// Connections with a smaller number are not used any more.
    condemned_below: AtomicU64,
    /// Whether a connection was opened since the latest attempt to open one began.
    opens: AtomicBool,
}

impl Connector {
    pub(super) fn new(login: Login, deadlines: Deadlines) -> Self {
        Self {
            login,
            deadlines,
            next: AtomicU64::new(1),
            suspect_below: AtomicU64::new(0),
            condemned_below: AtomicU64::new(0),
            opens: AtomicBool::new(true),
        }
    }

    /// Notes that a connection was found dead.
    pub(super) fn found_dead(&self) {
        let all = self.next.fetch_add(1, Ordering::Relaxed);
        self.suspect_below.fetch_max(all, Ordering::Relaxed);
    }

    /// Whether connections cannot be opened: the latest attempt has failed or has no answer yet. Never so while all
    /// connections of the pool are open: the latest attempt opened the last of them.
    pub(super) fn is_cut_off(&self) -> bool {
        !self.opens.load(Ordering::Relaxed)
    }

    /// Opens a connection and compares the clocks. One that takes no writes is none: a fail-over may have made a standby of
    /// its PostgreSQL, which shows what is old.
    pub(super) async fn open(&self) -> Result<Connection, sqlx::Error> {
        // Taken before: a connection that is being opened while another is found dead is an elder, too.
        let proven = self.next.fetch_add(1, Ordering::Relaxed);
        self.opens.store(false, Ordering::Relaxed);
        let login = self.login.current();
        let options = self.deadlines.options_of_server(&login.url);
        let mut session = PgConnection::connect_with(&options).await?;
        let greeting = query::greeting(&mut session).await?;
        if greeting.is_read_only {
            return Err(ReadOnly.into());
        }
        self.opens.store(true, Ordering::Relaxed);
        let clock_ahead = greeting.now - OffsetDateTime::from(SystemClock.now().wall);
        Ok(Connection {
            session,
            proven,
            login: login.number,
            clock_ahead,
        })
    }

    /// Whether a connection was opened with an earlier login, and so is not used any more.
    pub(super) fn is_retired(&self, connection: &Connection) -> bool {
        !self.login.is_current(connection.login)
    }

    async fn test(&self, connection: &mut Connection) -> RecycleResult<sqlx::Error> {
        let proven = self.next.fetch_add(1, Ordering::Relaxed);
        match tokio::time::timeout(TEST_DEADLINE, check_writable(&mut connection.session)).await {
            Ok(Ok(())) => {
                connection.proven = proven;
                Ok(())
            }
            Ok(Err(error)) => {
                self.found_dead();
                Err(RecycleError::Backend(error))
            }
            Err(_) => {
                self.condemned_below.fetch_max(proven, Ordering::Relaxed);
                Err(RecycleError::message("it does not answer"))
            }
        }
    }
}

impl Manager for Connector {
    type Type = Connection;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Connection, sqlx::Error> {
        // It is large and seldom needed: in a box, it does not make every request's future larger.
        Box::pin(self.open()).await
    }

    async fn recycle(&self, connection: &mut Connection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if self.is_retired(connection) {
            return Err(RecycleError::message("it was opened with an earlier login"));
        }
        if connection.proven < self.condemned_below.load(Ordering::Relaxed) {
            return Err(RecycleError::message(
                "an older connection than one that does not answer",
            ));
        }
        let is_suspect = connection.proven < self.suspect_below.load(Ordering::Relaxed);
        if is_suspect || metrics.last_used() > TEST_AFTER_IDLE {
            Box::pin(self.test(connection)).await
        } else {
            Ok(())
        }
    }
}
