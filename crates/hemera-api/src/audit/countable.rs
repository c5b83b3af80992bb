//! The queue of requests that may come in any number: it delays no request. Those for which it has no room are counted.

use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Depth;
use super::class::Class;
use super::record::Record;
use super::tally::{Noted, Tally, minute_of};
use super::writer::Writer;

/// How many single records may wait; more are counted.
const CAPACITY: usize = 512;
/// The most records of one statement.
const BATCH: usize = 256;
/// How often the counts of past minutes are written.
const COUNTS_INTERVAL: Duration = Duration::from_secs(5);

/// The tallies by class.
type Tallies = Arc<[Mutex<Tally>; 3]>;

/// The sending end.
#[derive(Clone, Debug)]
pub(super) struct Countable {
    singles: mpsc::Sender<Record>,
    tallies: Tallies,
}

/// The receiving end, which writes the records.
#[derive(Debug)]
pub(super) struct CountableWriter {
    singles: mpsc::Receiver<Record>,
    tallies: Tallies,
    clock: Arc<dyn Clock>,
}

pub(super) fn countable(clock: Arc<dyn Clock>) -> (Countable, CountableWriter) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let tallies = Arc::new(Class::BUDGETS.map(|budget| Mutex::new(Tally::new(budget))));
    let note = Countable {
        singles: sender,
        tallies: Arc::clone(&tallies),
    };
    let writer = CountableWriter {
        singles: receiver,
        tallies,
        clock,
    };
    (note, writer)
}

impl Countable {
    /// How full it is.
    pub(super) fn depth(&self) -> Depth {
        Depth::of(&self.singles)
    }

    /// Queues the record or counts it, and returns the id of the record that it is, or is part of. Never waits.
    pub(super) fn note(&self, record: Record, class: Class) -> Uuid {
        let mut tally = self.tallies[class as usize].lock();
        let place = self.singles.try_reserve();
        match (tally.note(&record, place.is_ok()), place) {
            (Noted::Counted(id), _) => id,
            (Noted::Singly, place) => {
                let id = record.id;
                if let Ok(place) = place {
                    place.send(record);
                }
                id
            }
        }
    }
}

impl CountableWriter {
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
            self.take_before(minute, &mut batch);
            lost += store(&writer, &mut batch).await;
        }
        self.singles.close();
        while self.singles.recv_many(&mut batch, BATCH).await > 0 {
            lost += store(&writer, &mut batch).await;
        }
        self.take_before(i64::MAX, &mut batch);
        lost + store(&writer, &mut batch).await
    }
}

impl CountableWriter {
    /// Takes the single records that wait, and returns how many there were.
    #[cfg(test)]
    pub(super) fn drain_singles(&mut self) -> usize {
        std::iter::from_fn(|| self.singles.try_recv().ok()).count()
    }

    fn take_before(&self, minute: i64, batch: &mut Vec<Record>) {
        for tally in &*self.tallies {
            batch.extend(tally.lock().take_before(minute));
        }
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
