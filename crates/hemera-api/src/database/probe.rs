//! Whether the database answers and takes writes, asked once for everybody who asks at the same time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use parking_lot::Mutex;
use sqlx::{Connection as _, Error, PgConnection};

use super::deadlines::Deadlines;
use super::login::Login;
use super::read_only::check_writable;

/// How long PostgreSQL may take to answer: shorter than a health check waits for our own answer.
const DEADLINE: Duration = Duration::from_secs(1);

/// Asks the database on a connection of its own, so that no request waits for a health check. Cheap to clone.
#[derive(Clone)]
pub(super) struct Probe(Arc<Inner>);

struct Inner {
    login: Login,
    deadlines: Deadlines,
    /// With the number of the login that it was opened with.
    idle: Mutex<Option<(PgConnection, u64)>>,
    running: Mutex<Option<Shared<BoxFuture<'static, bool>>>>,
}

impl Probe {
    pub(super) fn new(login: Login, deadlines: Deadlines) -> Self {
        Self(Arc::new(Inner {
            login,
            deadlines,
            idle: Mutex::default(),
            running: Mutex::default(),
        }))
    }

    /// Whether PostgreSQL answers within a second, and takes writes. A question that is under way answers later askers, too.
    pub(super) async fn answers(&self) -> bool {
        let answer = {
            let mut running = self.0.running.lock();
            match running.as_ref().filter(|running| running.peek().is_none()) {
                Some(running) => running.clone(),
                None => running.insert(self.begin()).clone(),
            }
        };
        answer.await
    }

    /// Asks over a new connection the next time.
    pub(super) fn retire(&self) {
        drop(self.0.idle.lock().take());
    }

    /// In a task of its own: it ends in time also where all who asked have gone.
    fn begin(&self) -> Shared<BoxFuture<'static, bool>> {
        let inner = Arc::clone(&self.0);
        let asked = tokio::spawn(async move {
            let answer = tokio::time::timeout(DEADLINE, inner.ask()).await;
            matches!(answer, Ok(Ok(())))
        });
        async move { asked.await.unwrap_or(false) }.boxed().shared()
    }
}

impl Inner {
    /// Keeps the connection only after an answer.
    async fn ask(&self) -> Result<(), Error> {
        let login = self.login.current();
        let idle = self.idle.lock().take();
        let known = match idle {
            Some((mut connection, number)) if number == login.number => check_writable(&mut connection)
                .await
                .is_ok()
                .then_some(connection),
            _ => None,
        };
        let connection = if let Some(connection) = known {
            connection
        } else {
            // The old one may only have ended with a restart or a fail-over: a new one shows which.
            let options = self.deadlines.options_of_server(&login.url);
            let mut connection = PgConnection::connect_with(&options).await?;
            check_writable(&mut connection).await?;
            connection
        };
        *self.idle.lock() = Some((connection, login.number));
        Ok(())
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe").finish_non_exhaustive()
    }
}
