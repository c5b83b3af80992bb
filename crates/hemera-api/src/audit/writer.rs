//! Writes records to the database, and tries again for as long as the service runs.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::query;
use super::record::Record;
use crate::database::Database;
use crate::metrics::AuditMetrics;

/// The pause after the second failure in a row; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// The longest pause between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Writes batches, one at a time.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    database: Database,
    /// Cancelled when there is no more time: records that are not stored then go to the log.
    cut: CancellationToken,
    metrics: AuditMetrics,
}

impl Writer {
    pub(super) fn new(database: Database, cut: CancellationToken, metrics: AuditMetrics) -> Self {
        Self {
            database,
            cut,
            metrics,
        }
    }

    /// Stores the records and returns how many went to the log instead.
    ///
    /// While the database is unreachable it waits and tries again, without a limit of time: the queue in front of it is
    /// bounded, so requests wait and memory does not grow. Records that the database refuses are tried one by one, so
    /// that a refused one does not prevent the others from being stored.
    pub(super) async fn store(&self, records: &[Record]) -> usize {
        match self.attempt_until_answered(records).await {
            WriteResult::Stored => {
                self.metrics.stored(records.len());
                0
            }
            WriteResult::OutOfTime => self.log_all(
                records,
                "the service stopped before the database could be reached",
            ),
            WriteResult::Refused(_) if records.len() > 1 => {
                let mut lost = 0;
                for record in records {
                    lost += Box::pin(self.store(std::slice::from_ref(record))).await;
                }
                lost
            }
            WriteResult::Refused(error) => {
                self.log_all(records, &format!("the database refused it: {error}"))
            }
        }
    }

    async fn attempt_until_answered(&self, records: &[Record]) -> WriteResult {
        // The first failure may be that of an old connection: the next attempt has one that was tested, or a new one.
        let mut wait = Duration::ZERO;
        loop {
            let attempt = self
                .cut
                .run_until_cancelled(query::insert(&self.database, records));
            match attempt.await {
                None => return WriteResult::OutOfTime,
                Some(Ok(())) => return WriteResult::Stored,
                Some(Err(error)) if is_refusal(&error) => return WriteResult::Refused(error),
                Some(Err(error)) => {
                    self.metrics.write_failed();
                    tracing::warn!(%error, records = records.len(), ?wait, "audit records wait for the database");
                }
            }
            if self
                .cut
                .run_until_cancelled(tokio::time::sleep(wait))
                .await
                .is_none()
            {
                return WriteResult::OutOfTime;
            }
            wait = (wait * 2).clamp(FIRST_WAIT, LONGEST_WAIT);
        }
    }

    fn log_all(&self, records: &[Record], why: &str) -> usize {
        for record in records {
            record.log(why);
        }
        self.metrics.lost(records.len());
        records.len()
    }
}

enum WriteResult {
    Stored,
    Refused(sqlx::Error),
    OutOfTime,
}

/// Whether a further attempt is useless, because the database refused these records. All other errors can pass: an
/// outage, a restart, a missing permission, a full disk.
fn is_refusal(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            // Classes of SQLSTATE: data exception, integrity constraint violation, raised by a trigger.
            let code = error.code().unwrap_or_default();
            ["22", "23", "P0"].iter().any(|class| code.starts_with(class))
        }
        sqlx::Error::Encode(_) => true,
        _ => false,
    }
}
