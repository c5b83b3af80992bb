//! The audit log: who requested what, and how it ended.
//!
//! Every request to the service API leaves a record, even if it matches no operation, in one of three ways:
//!
//! - **A write** inserts its record in the same statement as its change; there is never one without the other
//!   (`participations/query.rs`). Its answer says so (`audited()`), and is not recorded again.
//! - **An authenticated caller's** requests go through a bounded queue and are written in batches. No record is dropped
//!   from it. While the database is unreachable the writer tries again for as long as the service runs; the queue fills,
//!   and requests wait for a place. A request that gets none in time gets [`QueueFull`] and is answered with 503: no
//!   answer is sent without its record.
//! - **Requests that may come in any number** never wait: the first few of each caller, reason and minute get a record
//!   each, the rest one record with a count, all within a budget of records a minute. These are unauthenticated requests,
//!   those of callers whose role may not use the service API, and refusals for a role or a rate (403, 429).
//!
//! A record that cannot be stored (the queue stayed full, the service stopped during an outage, the database refused
//! this record) is written to the log as a whole, at level `ERROR`, and counted by [`AuditTasks::finish`].
//!
//! A process that is killed loses the records that were still queued, those of some milliseconds while the database
//! answers; records of writes are never among them.
//!
//! Never in a record: tokens, keys, e-mail addresses, bodies, query strings. Persons, client addresses and user agents are in
//! a table of details, which is dropped earlier; the record has salted commitments to them.

mod class;
mod columns;
mod commitment;
mod countable;
mod entry;
mod query;
mod queue;
mod record;
mod tally;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::class::Class;
pub(crate) use self::commitment::Commitment;
pub(crate) use self::entry::{Disclosed, Entry};
pub use self::query::make_partitions;
pub(crate) use self::query::{count_partitions, missing_partitions};
pub(crate) use self::queue::QueueFull;
use self::record::Record;
pub(crate) use self::record::{Outcome, microseconds};
use self::writer::Writer;

use crate::database::Database;
use crate::metrics::AuditMetrics;

/// How long an authenticated caller's request waits for a place in the queue.
pub(crate) const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);

/// Takes records. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    queue: queue::Queue,
    countable: countable::Countable,
}

/// The tasks that write the records. Call [`finish`](Self::finish), or records that still wait are lost.
#[derive(Debug)]
#[must_use = "records are only certain to be stored after `finish`"]
pub(crate) struct AuditTasks {
    writers: [JoinHandle<usize>; 2],
    stop: CancellationToken,
    cut: CancellationToken,
}

/// How full a queue is. The batch that is being written is no longer in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) waiting: u32,
    pub(crate) limit: u32,
}

impl Depth {
    pub(crate) fn is_full(self) -> bool {
        self.waiting >= self.limit
    }

    fn of<T>(queue: &mpsc::Sender<T>) -> Self {
        let limit = queue.max_capacity();
        let records = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            waiting: records(limit - queue.capacity()),
            limit: records(limit),
        }
    }
}

impl Audit {
    /// Starts the writers. `timeout` is the longest wait of [`Audit::record`].
    pub(crate) fn start(
        database: &Database,
        clock: Arc<dyn Clock>,
        timeout: Duration,
        metrics: AuditMetrics,
    ) -> (Self, AuditTasks) {
        let stop = CancellationToken::new();
        let cut = CancellationToken::new();
        let writer = Writer::new(database.clone(), cut.clone(), metrics.clone());
        let (queue, queue_writer) = queue::queue(timeout, metrics);
        let (countable, countable_writer) = countable::countable(clock);
        let writers = [
            tokio::spawn(queue_writer.run(writer.clone(), stop.clone())),
            tokio::spawn(countable_writer.run(writer, stop.clone())),
        ];
        (Self { queue, countable }, AuditTasks { writers, stop, cut })
    }

    /// Records or counts a request, and returns the id of the record that it is, or is part of. Waits while the queue of
    /// authenticated callers is full.
    ///
    /// # Errors
    /// [`QueueFull`] if it stayed full for too long, or the service is stopping. Then the record is in the log.
    pub(crate) async fn record(&self, entry: Entry) -> Result<Uuid, QueueFull> {
        let class = entry.class();
        let record = Record::from(entry);
        let id = record.id;
        match class {
            Some(class) => Ok(self.countable.note(record, class)),
            None => self.queue.push(record).await.map(|()| id),
        }
    }

    /// How full the queues are: that of authenticated callers, and that of requests that may come in any number.
    pub(crate) fn queues(&self) -> [Depth; 2] {
        [self.queue.depth(), self.countable.depth()]
    }

    /// Records or counts an unauthenticated request, and returns the id of the record. Never waits.
    pub(crate) fn note_unproven(&self, entry: Entry) -> Uuid {
        self.countable.note(entry.into(), Class::Unproven)
    }
}

impl AuditTasks {
    /// Takes no more records, writes those that wait, and returns how many ended in the log instead.
    ///
    /// Call it when the last request is answered. When `deadline` ends first, the rest goes to the log.
    pub(crate) async fn finish(self, deadline: impl Future<Output = ()>) -> usize {
        self.stop.cancel();
        let writers = async {
            let mut lost = 0;
            for writer in self.writers {
                lost += writer.await.unwrap_or_else(|error| {
                    tracing::error!(%error, "an audit writer died; its records are lost");
                    1
                });
            }
            lost
        };
        let cut = async {
            deadline.await;
            self.cut.cancel();
            // The writers end now, each with its last lines of the log.
            std::future::pending().await
        };
        tokio::select! {
            lost = writers => lost,
            lost = cut => lost,
        }
    }
}
