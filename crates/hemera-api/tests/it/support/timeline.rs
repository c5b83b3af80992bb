//! Time for many who wait: it passes when nobody has anything else to do.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock as _, ManualClock, Sleep};
use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Rounds of the runtime in which nothing happens before time moves on. Whoever can run has run by then.
const QUIET_ROUNDS: u32 = 50;

/// A sleep for many callers at once. Clones share the sleepers.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    clock: ManualClock,
    sleepers: Arc<Mutex<Sleepers>>,
}

#[derive(Debug, Default)]
struct Sleepers {
    /// By when they wake, and in which order they came.
    waking: BTreeMap<(Duration, u64), oneshot::Sender<()>>,
    came: u64,
}

impl Timeline {
    pub(crate) fn of(clock: &ManualClock) -> Self {
        Self {
            clock: clock.clone(),
            sleepers: Arc::default(),
        }
    }

    /// Lets time pass, from sleeper to sleeper and only while it is quiet, until all tasks are done.
    pub(crate) async fn pass_until_done(&self, tasks: &mut JoinSet<()>, is_quiet: impl Fn() -> bool) {
        let mut quiet = 0;
        while !tasks.is_empty() {
            if let Some(done) = tasks.try_join_next() {
                done.unwrap();
                quiet = 0;
            }
            tokio::task::yield_now().await;
            quiet = if is_quiet() { quiet + 1 } else { 0 };
            if quiet > QUIET_ROUNDS {
                self.wake_the_next();
                quiet = 0;
            }
        }
    }

    fn wake_the_next(&self) {
        let Some(((at, _), sleeper)) = self.sleepers.lock().waking.pop_first() else {
            return;
        };
        self.clock.advance(at.saturating_sub(self.clock.now().monotonic));
        // Whoever has gone away needs no waking.
        let _ = sleeper.send(());
    }
}

impl Sleep for Timeline {
    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let (wake, woken) = oneshot::channel();
        let mut sleepers = self.sleepers.lock();
        sleepers.came += 1;
        let key = (self.clock.now().monotonic.saturating_add(wait), sleepers.came);
        sleepers.waking.insert(key, wake);
        Box::pin(async move {
            // The other end is kept until it is used.
            let _ = woken.await;
        })
    }
}
