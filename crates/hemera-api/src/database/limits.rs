//! What bounds a change of the schema, so that it never stops those who use the tables for long.

use std::time::Duration;

use sqlx::PgConnection;

use super::error::is_about_locks;
use super::query;

/// What bounds each statement of `migrate`.
///
/// A statement that waits for a table makes all others wait behind it. So it gives up soon, lets them pass, and tries again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MigrationLimits {
    /// The longest wait for one lock.
    pub lock: Duration,
    /// How often a step is tried that did not get its locks. Between two attempts is a pause as long as the wait.
    pub attempts: u32,
    /// The longest that one statement runs.
    pub statement: Duration,
}

impl Default for MigrationLimits {
    fn default() -> Self {
        Self {
            // Less than a server waits for a lock.
            lock: Duration::from_secs(2),
            attempts: 15,
            statement: Duration::from_mins(1),
        }
    }
}

impl MigrationLimits {
    /// Sets them for a session. As a statement: poolers drop what a session asks for when it begins.
    ///
    /// # Errors
    /// The database's error.
    pub(crate) async fn set(self, connection: &mut PgConnection) -> sqlx::Result<()> {
        query::set_limits(connection, self.lock, self.statement).await
    }

    /// The attempts at one step.
    pub(crate) fn attempts(self, step: &str) -> Attempts<'_> {
        Attempts {
            step,
            limits: self,
            tried: 0,
        }
    }
}

/// The attempts at a step that leaves nothing behind if it fails.
#[derive(Debug)]
pub(crate) struct Attempts<'s> {
    step: &'s str,
    limits: MigrationLimits,
    tried: u32,
}

impl Attempts<'_> {
    /// Whether what failed so is to be tried again, because others hold what it needs and attempts are left.
    pub(crate) fn allow_another(&mut self, error: Option<&sqlx::Error>) -> bool {
        self.tried += 1;
        let allowed = self.tried < self.limits.attempts && error.is_some_and(is_about_locks);
        if allowed {
            tracing::warn!(
                "{}: a lock was not free within {:?} (attempt {} of {}); others pass now, and it is tried again",
                self.step,
                self.limits.lock,
                self.tried,
                self.limits.attempts
            );
        }
        allowed
    }

    /// Lets those pass who waited behind the attempt.
    pub(crate) async fn pause(&self) {
        tokio::time::sleep(self.limits.lock).await;
    }
}
