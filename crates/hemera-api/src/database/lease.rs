//! A connection in the hands of one request.

use std::time::Duration;

use deadpool::managed::Object;
use freshness::{Clock as _, Moment, SystemClock};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use sqlx::postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Describe, Either, Error, Execute, Executor, PgConnection, Postgres, SqlStr};
use time::OffsetDateTime;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::error::Elapsed;
use tracing::{Instrument as _, Span, debug_span};

use super::connector::Connector;

/// SQLSTATE of a session that PostgreSQL ends: it is shut down, it has crashed, or an administrator ended this session.
const SESSION_ENDED: &str = "57P";
/// SQLSTATE of a write in a session that takes none: its PostgreSQL was made a standby.
const READ_ONLY: &str = "25006";

/// A statement to which PostgreSQL gave no answer in time. Whether it was carried out is not known.
#[derive(Debug, thiserror::Error)]
#[error("PostgreSQL did not answer a statement within {0:?}; its connection was discarded")]
pub(crate) struct NoAnswer(Duration);

/// A connection in the hands of one request, with one deadline for all that is asked on it.
///
/// It goes back to the pool when it is dropped, but only if each statement on it ended: one that was given up, because
/// the deadline passed or its future was dropped, takes the connection with it. So no request waits for what another
/// one has left behind.
#[derive(Debug)]
pub(crate) struct Lease {
    connection: Option<Object<Connector>>,
    began: Moment,
    limit: Duration,
    _write: Option<OwnedSemaphorePermit>,
}

/// A connection while a statement runs on it. Dropped before the statement's end, it is discarded.
struct Busy(Option<Object<Connector>>);

impl Busy {
    fn session(&mut self) -> Result<&mut PgConnection, Error> {
        let connection = self.0.as_deref_mut().ok_or(Error::PoolClosed)?;
        Ok(&mut connection.session)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}

impl Lease {
    /// `limit` is how long all statements may take together, counted from `began`.
    pub(super) fn new(
        connection: Object<Connector>,
        began: Moment,
        limit: Duration,
        write: Option<OwnedSemaphorePermit>,
    ) -> Self {
        Self {
            connection: Some(connection),
            began,
            limit,
            _write: write,
        }
    }

    /// When the deadline passes, by the database's clock: the same moment or a little earlier, never later.
    pub(crate) fn deadline(&self) -> OffsetDateTime {
        match &self.connection {
            Some(connection) => connection.database_time_in(self.left()),
            None => OffsetDateTime::UNIX_EPOCH,
        }
    }

    /// Whether every statement on it has ended, so that its outcome is known.
    pub(crate) fn is_usable(&self) -> bool {
        self.connection.is_some()
    }

    /// Closes the connection instead of keeping it.
    pub(crate) fn discard(mut self) {
        drop(self.begin());
    }

    fn left(&self) -> Duration {
        self.limit.saturating_sub(SystemClock.now().since(self.began))
    }

    /// The span of a statement: below that of the request, whose ids the lines about the statement carry.
    fn span(&self) -> Span {
        debug_span!(
            "sql",
            deadline_ms = u64::try_from(self.left().as_millis()).unwrap_or(u64::MAX)
        )
    }

    fn begin(&mut self) -> Busy {
        Busy(self.connection.take())
    }

    /// Keeps the connection if it can be used again, and turns a missed deadline into an error.
    fn end<T>(&mut self, mut busy: Busy, answer: Result<Result<T, Error>, Elapsed>) -> Result<T, Error> {
        let answer = answer.unwrap_or_else(|_| Err(Error::AnyDriverError(Box::new(NoAnswer(self.limit)))));
        let connection = busy.0.take();
        if answer.as_ref().is_err_and(ends_session) {
            let pool = connection.as_ref().and_then(Object::pool);
            if let Some(pool) = pool {
                pool.manager().found_dead();
            }
            drop(Busy(connection));
        } else {
            self.connection = connection;
        }
        answer
    }
}

/// A connection of an earlier login is closed rather than kept: nothing would use it again.
impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let pool = Object::pool(&connection);
            if pool.is_some_and(|pool| pool.manager().is_retired(&connection)) {
                drop(Object::take(connection));
            }
        }
    }
}

/// Whether nothing more can be asked on a connection after this error.
fn ends_session(error: &Error) -> bool {
    match error {
        Error::Database(error) => error
            .code()
            .is_some_and(|code| code.starts_with(SESSION_ENDED) || code == READ_ONLY),
        Error::RowNotFound
        | Error::TypeNotFound { .. }
        | Error::ColumnIndexOutOfBounds { .. }
        | Error::ColumnNotFound(_)
        | Error::ColumnDecode { .. }
        | Error::Encode(_)
        | Error::Decode(_) => false,
        _ => true,
    }
}

/// The rows of a statement are few: they are read to the end before the first is handed out.
impl<'l> Executor<'l> for &'l mut Lease {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'l: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let span = self.span();
        let answer = async move {
            let mut busy = self.begin();
            let rows = busy.session()?.fetch_many(query).try_collect::<Vec<_>>();
            let answer = tokio::time::timeout(self.left(), rows).await;
            let rows = self.end(busy, answer)?;
            Ok::<_, Error>(stream::iter(rows.into_iter().map(Ok)))
        };
        stream::once(answer.instrument(span)).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'l: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let span = self.span();
        let answer = async move {
            let mut busy = self.begin();
            let row = busy.session()?.fetch_optional(query);
            let answer = tokio::time::timeout(self.left(), row).await;
            self.end(busy, answer)
        };
        Box::pin(answer.instrument(span))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'l: 'e,
    {
        Box::pin(async move {
            let mut busy = self.begin();
            let statement = busy.session()?.prepare_with(sql, parameters);
            let answer = tokio::time::timeout(self.left(), statement).await;
            self.end(busy, answer)
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'l: 'e,
    {
        Box::pin(async move {
            let mut busy = self.begin();
            let described = busy.session()?.describe(sql);
            let answer = tokio::time::timeout(self.left(), described).await;
            self.end(busy, answer)
        })
    }
}
