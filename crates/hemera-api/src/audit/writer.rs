//! Brings records into the database, and does not give up while the service runs.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::query;
use super::record::Record;
use crate::database::Database;
use crate::metrics::AuditMetrics;

/// The wait after the first failure; doubled after each further one.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Writes batches, one at a time.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    database: Database,
    /// Cancelled when there is no more time: what is not stored then goes to the log.
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

    /// Stores the records and returns how many ended in the log instead.
    ///
    /// While the database is out of reach it waits and tries again, however long that takes: the queue in
    /// front of it is bounded, so what grows is the callers' patience and not our memory. Records that
    /// the database reads and refuses are tried one by one, so that one of them takes no other with it.
    pub(super) async fn store(&self, records: &[Record]) -> usize {
        match self.attempt_until_answered(records).await {
            Verdict::Stored => {
                self.metrics.stored(records.len());
                0
            }
            Verdict::Cut => self.log_all(
                records,
                "the service stopped before the database could be reached",
            ),
            Verdict::Refused(_) if records.len() > 1 => {
                let mut lost = 0;
                for record in records {
                    lost += Box::pin(self.store(std::slice::from_ref(record))).await;
                }
                lost
            }
            Verdict::Refused(error) => self.log_all(records, &format!("the database refused it: {error}")),
        }
    }

    async fn attempt_until_answered(&self, records: &[Record]) -> Verdict {
        let mut wait = FIRST_WAIT;
        loop {
            let attempt = self
                .cut
                .run_until_cancelled(query::insert(&self.database, records));
            match attempt.await {
                None => return Verdict::Cut,
                Some(Ok(())) => return Verdict::Stored,
                Some(Err(error)) if is_refusal(&error) => return Verdict::Refused(error),
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
                return Verdict::Cut;
            }
            wait = (wait * 2).min(LONGEST_WAIT);
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

enum Verdict {
    Stored,
    Refused(sqlx::Error),
    Cut,
}

/// Whether trying again is in vain: the database read the very records and said no. Everything else
/// passes: an outage, a restart, no permission yet, a disk that is full.
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
