//! The connection of a command: it reads only, and no statement of it takes longer than its limit.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection};

use super::error::{AuditCommandError, Limits, Purpose};
use crate::config::DatabaseUrl;
use crate::database::connect;

/// Statements go over a whole period.
const LIMITS: Limits = Limits {
    statement: Duration::from_mins(1),
    // What waits for a lock holds up the server's records behind it.
    lock: Duration::from_secs(2),
};

/// What the answer may take beyond PostgreSQL's own limit.
const NETWORK: Duration = Duration::from_secs(2);

/// One connection, as the login of the settings.
pub(super) struct Session {
    connection: PgConnection,
    url: DatabaseUrl,
    purpose: Purpose,
}

impl Session {
    /// Opens a session that changes nothing, whatever the login may do.
    ///
    /// # Errors
    /// [`AuditCommandError::Database`].
    pub(super) async fn to_read(url: &DatabaseUrl, command: &str) -> Result<Self, AuditCommandError> {
        Self::open(url, command, Purpose::Read).await
    }

    /// Opens a session that may change what the login may change.
    ///
    /// # Errors
    /// [`AuditCommandError::Database`].
    pub(super) async fn to_change(url: &DatabaseUrl, command: &str) -> Result<Self, AuditCommandError> {
        Self::open(url, command, Purpose::Change).await
    }

    async fn open(url: &DatabaseUrl, command: &str, purpose: Purpose) -> Result<Self, AuditCommandError> {
        let read_only = if purpose == Purpose::Read { "on" } else { "off" };
        let options = url
            .options()
            .application_name(&format!("hemera-api {command}"))
            .options([
                ("statement_timeout", LIMITS.statement.as_millis().to_string()),
                ("lock_timeout", LIMITS.lock.as_millis().to_string()),
                ("default_transaction_read_only", read_only.to_owned()),
                // Most filters are null: a plan that is made for all values would look at them row by row.
                ("plan_cache_mode", "force_custom_plan".to_owned()),
                ("timezone", "UTC".to_owned()),
            ]);
        let connection = connect(url, &options).await?;
        Ok(Self {
            connection,
            url: url.clone(),
            purpose,
        })
    }

    /// Runs statements, within a bounded time each.
    ///
    /// # Errors
    /// [`AuditCommandError`]. The session is of no use after it did not answer.
    pub(super) async fn run<T>(
        &mut self,
        statement: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>,
    ) -> Result<T, AuditCommandError> {
        let answer = tokio::time::timeout(LIMITS.statement + NETWORK, statement(&mut self.connection)).await;
        match answer {
            Ok(answer) => {
                answer.map_err(|error| AuditCommandError::of(&self.url, LIMITS, self.purpose, &error))
            }
            Err(_) => Err(AuditCommandError::TooSlow(LIMITS.statement)),
        }
    }

    /// Ends the session. Only a courtesy: PostgreSQL ends it anyway.
    pub(super) async fn close(self) {
        let _ = tokio::time::timeout(NETWORK, self.connection.close()).await;
    }
}
