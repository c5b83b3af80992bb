//! How long a statement may take, on both sides of the connection.
//!
//! PostgreSQL ends a statement first, so that its connection can go on; where it does not answer at all, our own deadline
//! ends the wait and the connection is discarded. Both lie below the deadline of the handler that asks.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

use super::{DatabaseError, connect};
use crate::config::DatabaseUrl;

/// The longest wait for a lock on a row or table.
const LONGEST_LOCK_WAIT: Duration = Duration::from_secs(5);

/// The shortest deadline that is handed to PostgreSQL, where 0 means none.
const SHORTEST: Duration = Duration::from_millis(1);

/// The deadlines of a statement, each a share of the handler's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deadlines {
    /// PostgreSQL's `lock_timeout`: at most a third of the handler's, and at most 5 s.
    pub(crate) lock: Duration,
    /// PostgreSQL's `statement_timeout` and `idle_in_transaction_session_timeout`: two thirds.
    pub(crate) statement: Duration,
    /// Ours, from the question for a connection to the last row: four fifths.
    pub(crate) ours: Duration,
}

impl Deadlines {
    /// The deadlines below that of a handler.
    pub(crate) fn below(handler: Duration) -> Self {
        Self {
            lock: (handler / 3).clamp(SHORTEST, LONGEST_LOCK_WAIT),
            statement: (handler * 2 / 3).max(SHORTEST),
            ours: (handler * 4 / 5).max(SHORTEST),
        }
    }

    /// The names and values of PostgreSQL's settings.
    fn settings(self) -> [(&'static str, Duration); 3] {
        [
            ("lock_timeout", self.lock),
            ("statement_timeout", self.statement),
            ("idle_in_transaction_session_timeout", self.statement),
        ]
    }

    /// Asks for the settings when a session begins.
    pub(crate) fn options(self, options: PgConnectOptions) -> PgConnectOptions {
        let settings = self.settings();
        options.options(settings.map(|(name, limit)| (name, format!("{}ms", limit.as_millis()))))
    }

    /// How the server's sessions are opened. Operators find them by their name in `pg_stat_activity`.
    pub(super) fn options_of_server(self, url: &DatabaseUrl) -> PgConnectOptions {
        self.options(url.options()).application_name("hemera-api")
    }

    /// Reads the settings of a new session back: a pooler may drop what was asked for.
    ///
    /// # Errors
    /// [`DatabaseError::NoDeadline`] for the first setting that is absent or longer than asked for.
    pub(crate) async fn check(self, url: &DatabaseUrl) -> Result<(), DatabaseError> {
        let mut connection = connect(url, &self.options(url.options())).await?;
        let read = tokio::time::timeout(self.ours, read_settings(&mut connection)).await;
        // Courtesy to the server; dropping the connection ends the session anyway.
        let _ = tokio::time::timeout(self.ours, connection.close()).await;
        let in_force = match read {
            Ok(Ok(in_force)) => in_force,
            Ok(Err(error)) => return Err(DatabaseError::checking(url, &error)),
            Err(_) => {
                return Err(DatabaseError::Unreachable {
                    setting: url.setting(),
                    address: url.shown(),
                    cause: "no answer to a first statement".to_owned(),
                });
            }
        };
        for ((name, asked), found) in self.settings().into_iter().zip(in_force) {
            let found = u128::try_from(found).unwrap_or_default();
            if found == 0 || found > asked.as_millis() {
                return Err(DatabaseError::NoDeadline {
                    address: url.shown(),
                    login: url.login(),
                    database: url.database(),
                    name,
                    limit_ms: asked.as_millis(),
                });
            }
        }
        Ok(())
    }
}

/// The settings in force, in milliseconds, in the order of [`Deadlines::settings`].
async fn read_settings(connection: &mut PgConnection) -> Result<[i64; 3], sqlx::Error> {
    let row = super::query::deadlines(connection).await?;
    Ok([row.lock, row.statement, row.idle_in_transaction])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_deadline_lies_below_the_next_one_out() {
        for handler in [
            Duration::from_millis(30),
            Duration::from_secs(15),
            Duration::from_mins(5),
        ] {
            let deadlines = Deadlines::below(handler);
            assert!(deadlines.lock < deadlines.statement, "{deadlines:?}");
            assert!(deadlines.statement < deadlines.ours, "{deadlines:?}");
            assert!(deadlines.ours < handler, "{deadlines:?}");
        }
    }

    #[test]
    fn no_deadline_is_zero_which_would_mean_none() {
        let deadlines = Deadlines::below(Duration::ZERO);
        assert!(deadlines.settings().iter().all(|(_, limit)| !limit.is_zero()));
    }
}
