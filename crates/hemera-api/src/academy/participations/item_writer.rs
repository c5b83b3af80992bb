//! One of the updates of a request that writes many results.

use std::time::Duration;

use freshness::{Clock as _, Moment, SystemClock};
use hemera_types::{ETag, ErrorCode, ItemResult, Open, Operation, ResultItem};
use uuid::Uuid;

use super::RETRY_AFTER;
use super::query::{self, Attempt};
use super::verdict::Decided;
use super::writers::Turn;
use crate::academy::Academy;
use crate::auth::Caller;
use crate::database::Lease;
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::{RequestContext, SentItem};

/// How long after its handler began a request may begin an update, and how long its statements may take. A client gives up
/// an attempt after 10 s: by then it has the verdicts.
const BEGIN_WITHIN: Duration = Duration::from_secs(6);
const END_WITHIN: Duration = Duration::from_secs(8);

/// Writes the updates of one request, one at a time.
#[derive(Debug)]
pub(super) struct ItemWriter<'a> {
    academy: &'a Academy,
    caller: &'a Caller,
    context: &'a RequestContext,
    began: Moment,
    begin_within: Duration,
}

/// Why there is no decision on an update.
#[derive(Debug)]
pub(super) enum NotWritten {
    /// It may be sent again.
    Open {
        /// Why.
        error: ApiError,
        /// The id of its audit record, where it was sent to the database and nothing is known of it. Else nothing of it was
        /// written.
        record: Option<Uuid>,
        /// Whether no other update can be written any more.
        is_last: bool,
    },
    /// A fault of ours; nothing of it was written.
    Fault(ApiError),
}

impl NotWritten {
    /// Nothing was sent, and there is no use in going on.
    fn over(error: ApiError) -> Self {
        Self::Open {
            error,
            record: None,
            is_last: true,
        }
    }

    fn out_of_time() -> Self {
        Self::over(ApiError::unavailable(Reason::WriteDeadlinePassed, RETRY_AFTER))
    }
}

impl<'a> ItemWriter<'a> {
    pub(super) fn new(
        academy: &'a Academy,
        caller: &'a Caller,
        context: &'a RequestContext,
        began: Moment,
    ) -> Self {
        Self {
            academy,
            caller,
            context,
            began,
            // Where handlers have little time, three quarters of what statements have.
            begin_within: BEGIN_WITHIN.min(academy.database.limit() * 3 / 4),
        }
    }

    /// Writes the update of this number, from 1 on.
    pub(super) async fn write(&self, number: i16, item: &ResultItem) -> Result<ItemResult, NotWritten> {
        let (_turn, mut lease) = self.ready(item).await?;
        let id = &item.participation_id;
        let record = Uuid::new_v4();
        let attempt = Attempt {
            id,
            update: &item.update,
            condition: item.if_match.as_ref(),
            caller: self.caller,
            context: self.context,
            duration: self.academy.clock.now().since(self.context.started()),
            operation: Operation::UpdateParticipationResults,
            record,
            item: Some(number),
        };
        let progress = self.context.write();
        progress.item_sent(SentItem {
            number,
            record,
            resource: id.as_str().to_owned(),
            reason: None,
        });
        let answer = query::update_result(&mut lease, &attempt).await;
        if answer.is_ok() || lease.is_usable() {
            progress.item_answered();
        }
        let (decided, row) = answer.map_err(|error| self.not_decided(error, &lease, record))?;
        let Some(verdict) = decided.of_item() else {
            // Its clock may be set since the connection was opened: the next write compares them again.
            lease.discard();
            return Err(NotWritten::out_of_time());
        };
        if decided == Decided::Missing {
            progress.item_missing(id.as_str());
        }
        Ok(ItemResult {
            participation_id: id.clone(),
            verdict: Open::Known(verdict),
            etag: row.map(|row| ETag::of_version(row.version)),
            audit_record: Some(record.to_string()),
        })
    }

    /// Waits for the other writers of the participation and for a connection, as long as an update may begin.
    async fn ready(&self, item: &ResultItem) -> Result<(Turn, Lease), NotWritten> {
        let left = self
            .begin_within
            .saturating_sub(SystemClock.now().since(self.began));
        if left.is_zero() {
            return Err(NotWritten::out_of_time());
        }
        let ready = async {
            let turn = self.academy.writers.turn(item.participation_id.as_str()).await;
            let database = &self.academy.database;
            let lease = database.lease_for_write_within(self.began, END_WITHIN).await?;
            Ok::<_, ApiError>((turn, lease))
        };
        let present = self.context.caller_gone().run_until_cancelled(ready);
        match tokio::time::timeout(left, present).await {
            Ok(Some(ready)) => ready.map_err(NotWritten::over),
            Ok(None) => Err(NotWritten::over(ApiError::unavailable(
                Reason::CallerGone,
                RETRY_AFTER,
            ))),
            Err(_) => Err(NotWritten::out_of_time()),
        }
    }

    /// What an error of the database says of the update.
    fn not_decided(&self, error: sqlx::Error, lease: &Lease, record: Uuid) -> NotWritten {
        let error = ApiError::from(error);
        if !lease.is_usable() {
            self.context.write().item_lost(error.reason());
            return NotWritten::Open {
                error,
                record: Some(record),
                is_last: true,
            };
        }
        // PostgreSQL ended the statement, and has written nothing.
        if error.code() == ErrorCode::ServiceUnavailable {
            NotWritten::Open {
                error,
                record: None,
                is_last: false,
            }
        } else {
            NotWritten::Fault(error)
        }
    }
}
