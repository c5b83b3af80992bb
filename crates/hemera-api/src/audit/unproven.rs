//! The queue of requests without a proven caller: it never delays anyone. What it has no room for is counted.

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

/// Single records that may wait; more are counted.
const WAITING: usize = 512;
/// Records of one statement, at most.
const BATCH: usize = 256;
/// How often it is looked whether a minute is over.
const LOOK: Duration = Duration::from_secs(5);

/// The end that notes requests.
#[derive(Clone, Debug)]
pub(super) struct Unproven {
    singles: mpsc::Sender<Record>,
    tally: Arc<Mutex<Tally>>,
}

/// The end that writes them.
#[derive(Debug)]
pub(super) struct Drain {
    singles: mpsc::Receiver<Record>,
    tally: Arc<Mutex<Tally>>,
    clock: Arc<dyn Clock>,
}

pub(super) fn unproven(clock: Arc<dyn Clock>) -> (Unproven, Drain) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let tally = Arc::<Mutex<Tally>>::default();
    let note = Unproven {
        singles: sender,
        tally: Arc::clone(&tally),
    };
    let drain = Drain {
        singles: receiver,
        tally,
        clock,
    };
    (note, drain)
}

impl Unproven {
    /// How full it is.
    pub(super) fn depth(&self) -> Depth {
        Depth::of(&self.singles)
    }

    /// Keeps it or counts it. Never waits.
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

impl Drain {
    /// Writes until `stop`, then all that is left, and returns how many records ended in the log.
    pub(super) async fn run(mut self, writer: Writer, stop: CancellationToken) -> usize {
        let mut lost = 0;
        let mut batch = Vec::with_capacity(BATCH);
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
                taken = self.singles.recv_many(&mut batch, BATCH) => if taken == 0 {
                    // Nobody is left who could note anything.
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
