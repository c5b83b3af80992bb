//! The queue of proven callers' records: bounded, and never dropped from.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Depth;
use super::record::Record;
use super::writer::Writer;
use crate::metrics::AuditMetrics;

/// Records that may wait. About half a mebibyte, and half a second of the busiest service.
const WAITING: usize = 1024;
/// Records of one statement, at most.
const BATCH: usize = 256;

/// A record could not be taken in time. It is in the log; the request must not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit queue is full: bring the database back, or look at why it is slow")]
pub(crate) struct QueueFull;

/// The end that takes records.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    sender: mpsc::Sender<Record>,
    patience: Duration,
    metrics: AuditMetrics,
}

/// The end that gives them to the writer.
#[derive(Debug)]
pub(super) struct Drain {
    receiver: mpsc::Receiver<Record>,
}

pub(super) fn queue(patience: Duration, metrics: AuditMetrics) -> (Queue, Drain) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let queue = Queue {
        sender,
        patience,
        metrics,
    };
    (queue, Drain { receiver })
}

impl Queue {
    /// Waits for a place.
    pub(super) async fn push(&self, record: Record) -> Result<(), QueueFull> {
        match tokio::time::timeout(self.patience, self.sender.reserve()).await {
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
}

impl Queue {
    /// How full it is.
    pub(super) fn depth(&self) -> Depth {
        Depth::of(&self.sender)
    }
}

impl Drain {
    /// Writes until `stop`, then what still waits, and returns how many records ended in the log.
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
