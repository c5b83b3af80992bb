//! The queue of authenticated callers' records: it is bounded, and drops none.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Depth;
use super::record::Record;
use super::writer::Writer;
use crate::metrics::AuditMetrics;

/// How many records may wait. About half a mebibyte, and half a second of a very busy service.
const CAPACITY: usize = 1024;
/// The most records of one statement.
const BATCH: usize = 256;

/// A record found no place in time. It is in the log; the request must not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit queue is full: bring the database back, or look at why it is slow")]
pub(crate) struct QueueFull;

/// The sending end.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    sender: mpsc::Sender<Record>,
    timeout: Duration,
    metrics: AuditMetrics,
}

/// The receiving end, which writes the records.
#[derive(Debug)]
pub(super) struct QueueWriter {
    receiver: mpsc::Receiver<Record>,
}

pub(super) fn queue(timeout: Duration, metrics: AuditMetrics) -> (Queue, QueueWriter) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let queue = Queue {
        sender,
        timeout,
        metrics,
    };
    (queue, QueueWriter { receiver })
}

impl Queue {
    /// Adds a record. Waits for a place.
    ///
    /// # Errors
    /// [`QueueFull`] if there is none in time.
    pub(super) async fn push(&self, record: Record) -> Result<(), QueueFull> {
        match tokio::time::timeout(self.timeout, self.sender.reserve()).await {
            Ok(Ok(place)) => {
                place.send(record);
                Ok(())
            }
            Ok(Err(_closed)) => {
                self.metrics.lost(1);
                record.log("the service is stopping");
                Err(QueueFull)
            }
            Err(_elapsed) => {
                self.metrics.lost(1);
                record.log("the queue was full for too long");
                Err(QueueFull)
            }
        }
    }

    /// How full it is.
    pub(super) fn depth(&self) -> Depth {
        Depth::of(&self.sender)
    }
}

impl QueueWriter {
    /// Writes until `stop`, then the records that still wait, and returns how many went to the log.
    pub(super) async fn run(mut self, writer: Writer, stop: CancellationToken) -> usize {
        let mut lost = 0;
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled(), if !self.receiver.is_closed() => self.receiver.close(),
                taken = self.receiver.recv_many(&mut batch, BATCH) => {
                    if taken == 0 {
                        return lost;
                    }
                    lost += writer.store(&batch).await;
                    batch.clear();
                }
            }
        }
    }
}
