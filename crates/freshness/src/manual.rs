//! Time that moves only when a test says so.

use std::{
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use parking_lot::Mutex;

use crate::{Clock, Moment, Sleep};

/// A clock that stands still until it is moved. Clones share the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<Mutex<Moment>>,
}

impl ManualClock {
    /// A clock whose wall shows `wall`, and whose monotonic clock has just started.
    pub fn at(wall: SystemTime) -> Self {
        Self {
            now: Arc::new(Mutex::new(Moment {
                wall,
                monotonic: Duration::ZERO,
            })),
        }
    }

    /// Time passes: both clocks move.
    pub fn advance(&self, by: Duration) {
        let mut now = self.now.lock();
        now.wall += by;
        now.monotonic += by;
    }

    /// Only the wall clock moves: what a process sees after its machine was suspended.
    pub fn advance_wall(&self, by: Duration) {
        self.now.lock().wall += by;
    }

    /// The wall clock is set, forward or back.
    pub fn set_wall(&self, wall: SystemTime) {
        self.now.lock().wall = wall;
    }

    /// Only the monotonic clock moves: the wall clock was held or set back by as much.
    pub fn advance_monotonic(&self, by: Duration) {
        self.now.lock().monotonic += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        *self.now.lock()
    }
}

/// A [`Sleep`] that remembers what it was asked for and returns without waiting. Clones share the record.
///
/// It yields to the runtime once per call, so a loop that sleeps cannot starve the test around it.
#[derive(Clone, Debug, Default)]
pub struct RecordedSleep {
    asked: Arc<Mutex<Vec<Duration>>>,
    clock: Option<ManualClock>,
}

impl RecordedSleep {
    /// Time does not move by sleeping.
    pub fn new() -> Self {
        Self::default()
    }

    /// Each sleep advances `clock` by what was asked.
    pub fn advancing(clock: ManualClock) -> Self {
        Self {
            clock: Some(clock),
            ..Self::default()
        }
    }

    /// All that was asked so far, in order.
    pub fn asked(&self) -> Vec<Duration> {
        self.asked.lock().clone()
    }
}

impl Sleep for RecordedSleep {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            self.asked.lock().push(duration);
            if let Some(clock) = &self.clock {
                clock.advance(duration);
            }
            tokio::task::yield_now().await;
        })
    }
}
