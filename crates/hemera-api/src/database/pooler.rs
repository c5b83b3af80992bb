//! Whether a pooler stands in front of PostgreSQL, and whether the server can work behind it.
//!
//! A pooler in transaction mode gives the transactions of one connection to whichever of its sessions is free. The statements
//! that a connection has prepared must follow it there. Where they do not, a statement is missing in the other session, or
//! worse: another one has its name, and the answer is that to another question. Neither can be seen on one connection of an
//! idle server, so two connections take turns here until the pooler has shown what it does.

use std::time::Duration;

use sqlx::{ConnectOptions as _, Connection as _, Error, PgConnection};
use uuid::Uuid;

use super::{DatabaseError, connect, query};
use crate::config::DatabaseUrl;

/// How long the turns may take together; milliseconds where nothing is wrong.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often the two connections take turns. Each way to choose among free sessions, the one that was used last or the one
/// that has waited longest, has given a connection another session by the second turn if nothing else uses the pooler; the
/// rest are for a pooler that is in use.
const TURNS: usize = 4;

/// Checks that what `serve` prepares is there when it is used: directly, through a pooler in session mode, or through one in
/// transaction mode that keeps track of prepared statements.
///
/// # Errors
/// [`DatabaseError::StatementsLost`], [`DatabaseError::NoSecondSession`], or why no connection could be made.
pub(crate) async fn check_pooler(url: &DatabaseUrl) -> Result<(), DatabaseError> {
    let mut pair = Pair::open(url).await?;
    let statements = async |pair: &mut Pair| {
        if pair.changes_sessions().await? {
            pair.statements_follow().await
        } else {
            Ok(true)
        }
    };
    let followed = tokio::time::timeout(PATIENCE, statements(&mut pair)).await;
    pair.close().await;
    let lost = |cause| DatabaseError::StatementsLost {
        address: url.shown(),
        cause,
    };
    match followed {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(lost("a statement of another connection was run".to_owned())),
        Ok(Err(error @ Error::Io(_))) => Err(DatabaseError::checking(url, &error)),
        Ok(Err(error)) => Err(lost(super::cause_of(&error))),
        Err(_) => Err(DatabaseError::NoSecondSession { address: url.shown() }),
    }
}

/// Checks that a connection keeps its session: the lock that keeps migrations apart belongs to a session.
///
/// # Errors
/// [`DatabaseError::PoolerForMigration`], [`DatabaseError::NoSecondSession`], or why no connection could be made.
pub(crate) async fn check_own_session(url: &DatabaseUrl) -> Result<(), DatabaseError> {
    let mut pair = Pair::open(url).await?;
    let changes = tokio::time::timeout(PATIENCE, pair.changes_sessions()).await;
    pair.close().await;
    match changes {
        Ok(Ok(false)) => Ok(()),
        Ok(Err(error)) if error.as_database_error().is_none() => Err(DatabaseError::checking(url, &error)),
        // A pooler that gives single statements away refuses transactions.
        Ok(_) => Err(DatabaseError::PoolerForMigration { address: url.shown() }),
        Err(_) => Err(DatabaseError::NoSecondSession { address: url.shown() }),
    }
}

/// Two connections at a time.
struct Pair {
    one: PgConnection,
    other: PgConnection,
}

impl Pair {
    async fn open(url: &DatabaseUrl) -> Result<Self, DatabaseError> {
        // What is slow here is said by the error.
        let options = url.options().disable_statement_logging();
        Ok(Self {
            one: connect(url, &options).await?,
            other: connect(url, &options).await?,
        })
    }

    /// Whether a connection is given another session for another transaction. It prepares no statement.
    async fn changes_sessions(&mut self) -> Result<bool, Error> {
        let mut first = None;
        for turn in 0..TURNS {
            let sessions = [
                query::begin(&mut self.one).await?,
                query::begin(&mut self.other).await?,
            ];
            self.commit_both(turn).await?;
            if *first.get_or_insert(sessions) != sessions {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the statements of both connections are run as they were prepared, until one of them was run in two sessions.
    ///
    /// No other session has these texts: what an earlier start left behind under the same name has another answer. A proxy
    /// that leaves a connection its session from its first prepared statement on comes to the last turn, and is right, too.
    async fn statements_follow(&mut self) -> Result<bool, Error> {
        let texts = [Uuid::new_v4(), Uuid::new_v4()].map(|text| text.simple().to_string());
        let mut first = None;
        for turn in 0..TURNS {
            let session = query::begin(&mut self.one).await?;
            query::begin(&mut self.other).await?;
            let answers = [
                query::prepared(&mut self.one, &texts[0]).await?,
                query::prepared(&mut self.other, &texts[1]).await?,
            ];
            self.commit_both(turn).await?;
            if answers != texts {
                return Ok(false);
            }
            if *first.get_or_insert(session) != session {
                break;
            }
        }
        Ok(true)
    }

    /// In alternating order: the session that is free last is used next by some poolers, the one that is free first by others.
    async fn commit_both(&mut self, turn: usize) -> Result<(), Error> {
        let (first, last) = if turn.is_multiple_of(2) {
            (&mut self.one, &mut self.other)
        } else {
            (&mut self.other, &mut self.one)
        };
        query::commit(first).await?;
        query::commit(last).await
    }

    /// Courtesy to the server: dropping the connections ends them anyway.
    async fn close(self) {
        let both = async {
            let _ = self.one.close().await;
            let _ = self.other.close().await;
        };
        let _ = tokio::time::timeout(Duration::from_secs(1), both).await;
    }
}
