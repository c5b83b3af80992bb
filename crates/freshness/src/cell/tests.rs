//! What cannot be seen from outside: which demands pass without the lock.

use std::{
    convert::Infallible,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, SystemTime},
};

use futures_util::FutureExt as _;
use parking_lot::Mutex;

use super::Cell;
use crate::{Clock, Load, Loaded, Moment, Policy};

#[derive(Clone, Debug)]
struct At(Arc<Mutex<Duration>>);

impl Clock for At {
    fn now(&self) -> Moment {
        let monotonic = *self.0.lock();
        Moment {
            wall: SystemTime::UNIX_EPOCH,
            monotonic,
        }
    }
}

/// Demands the value in another thread while this one holds the machine's lock.
fn passes_without_the_lock<L: Load>(cell: &Cell<L>) -> bool {
    let (answer, answered) = mpsc::channel();
    let locked = cell.core.lock();
    let other = thread::spawn({
        let cell = cell.clone();
        move || answer.send(cell.get().now_or_never().is_some_and(|got| got.is_ok()))
    });
    // Only a demand that wants the lock uses this time up.
    let served = answered.recv_timeout(Duration::from_secs(5)).unwrap_or(false);
    drop(locked);
    other.join().unwrap().unwrap();
    served
}

#[tokio::test]
async fn a_fresh_value_and_an_aging_one_with_its_flight_under_way_need_no_lock() {
    let hangs = Arc::new(AtomicBool::new(false));
    let load = {
        let hangs = Arc::clone(&hangs);
        move || {
            let hangs = hangs.load(Ordering::SeqCst);
            async move {
                if hangs {
                    pending::<()>().await;
                }
                Ok::<_, Infallible>(Loaded::living((), Duration::from_mins(1)))
            }
        }
    };
    let time = At(Arc::default());
    let cell = Cell::new(load, Policy::default(), Arc::new(time.clone()));
    cell.warm().await.unwrap();
    assert!(passes_without_the_lock(&cell), "fresh");

    hangs.store(true, Ordering::SeqCst);
    *time.0.lock() = Duration::from_secs(59);
    cell.get().await.unwrap();
    assert!(passes_without_the_lock(&cell), "aging, in flight");
}
