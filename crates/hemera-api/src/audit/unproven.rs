//! The queue of unauthenticated requests: it delays no request. Those for which it has no room are counted.

use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Depth;
use super::record::Record;
use super::tally::{Tally, minute_of};
use super::writer::Writer;

/// How many single records may wait; more are counted.
const CAPACITY: usize = 512;
/// The most records of one statement.
const BATCH: usize = 256;
/// How often the counts of past minutes are written.
const COUNTS_INTERVAL: Duration = Duration::from_secs(5);

/// The sending end.
#[derive(Clone, Debug)]
pub(super) struct Unproven {
    singles: mpsc::Sender<Record>,
    tally: Arc<Mutex<Tally>>,
}

/// The receiving end, which writes the records.
#[derive(Debug)]
pub(super) struct UnprovenWriter {
    singles: mpsc::Receiver<Record>,
    tally: Arc<Mutex<Tally>>,
    clock: Arc<dyn Clock>,
}

pub(super) fn unproven(clock: Arc<dyn Clock>) -> (Unproven, UnprovenWriter) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let tally = Arc::<Mutex<Tally>>::default();
    let note = Unproven {
        singles: sender,
        tally: Arc::clone(&tally),
    };
    let writer = UnprovenWriter {
        singles: receiver,
        tally,
        clock,
    };
    (note, writer)
}

impl Unproven {
    /// How full it is.
    pub(super) fn depth(&self) -> Depth {
        Depth::of(&self.singles)
    }

    /// Queues the record or counts it. Never waits.
    pub(super) fn note(&self, record: Record) {
        let mut tally = self.tally.lock();
        let place = self.singles.try_reserve();
        if tally.note(&record, place.is_ok())
            && let Ok(place) = place
        {
            place.send(record);
        }
    }
}

impl UnprovenWriter {
    /// Writes until `stop`, then the records that still wait, and returns how many went to the log.
    pub(super) async fn run(mut self, writer: Writer, stop: CancellationToken) -> usize {
        let mut lost = 0;
        let mut batch = Vec::with_capacity(BATCH);
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(COUNTS_INTERVAL) => {}
                taken = self.singles.recv_many(&mut batch, BATCH) => if taken == 0 {
                    // All senders are gone: only the end can come.
                    stop.cancelled().await;
                },
            }
            let minute = minute_of(self.clock.now().wall.into());
            batch.extend(self.tally.lock().take_before(minute));
            lost += store(&writer, &mut batch).await;
        }
        self.singles.close();
        while self.singles.recv_many(&mut batch, BATCH).await > 0 {
            lost += store(&writer, &mut batch).await;
        }
        batch.extend(self.tally.lock().take_before(i64::MAX));
        lost + store(&writer, &mut batch).await
    }
}

async fn store(writer: &Writer, batch: &mut Vec<Record>) -> usize {
    let mut lost = 0;
    for part in batch.chunks(BATCH) {
        lost += writer.store(part).await;
    }
    batch.clear();
    lost
}
