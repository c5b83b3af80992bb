//! The pacing gate: every attempt of every clone of a client passes it.
//!
//! A server that meters (Hemera admits 100 requests a minute, 20 at once) answers 429 to those who
//! do not pace themselves; it is cheaper not to send what would be refused. `governor` is what the
//! server counts with, but it neither reserves a place in the future, nor takes one back from a
//! caller who went away, nor can it be told to pause; hence a schedule of our own.

mod schedule;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock, Sleep};
use parking_lot::Mutex;

use crate::deadline::Deadline;
use schedule::Schedule;

/// How fast a client may ask: at most `per_minute` attempts in *any* 60 seconds and at most `burst`
/// at once, evenly spaced beyond that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    per_minute: NonZeroU32,
    burst: NonZeroU32,
}

impl Pace {
    /// `per_minute` attempts a minute, at most `burst` of them at once.
    pub const fn new(per_minute: NonZeroU32, burst: NonZeroU32) -> Self {
        Self { per_minute, burst }
    }

    /// Attempts admitted in any 60 seconds.
    pub const fn per_minute(self) -> NonZeroU32 {
        self.per_minute
    }

    /// Attempts admitted at the same moment after a pause.
    pub const fn burst(self) -> NonZeroU32 {
        self.burst
    }
}

/// 96 a minute, 16 at once: 4 % and 4 requests below what Hemera admits to the service user, which
/// leaves room for requests that the network delays and then delivers together.
impl Default for Pace {
    fn default() -> Self {
        const PER_MINUTE: NonZeroU32 = NonZeroU32::new(96).unwrap();
        const BURST: NonZeroU32 = NonZeroU32::new(16).unwrap();
        Self::new(PER_MINUTE, BURST)
    }
}

/// The gate itself. Waiting happens in order of arrival, on the injected clock.
#[derive(Debug)]
pub(crate) struct Throttle {
    schedule: Mutex<Schedule>,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
}

/// The next free place is later than the caller's deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crowded {
    /// How long the caller would have had to wait.
    pub(crate) wait: Duration,
}

impl Throttle {
    pub(crate) fn new(pace: Pace, clock: Arc<dyn Clock>, sleep: Arc<dyn Sleep>) -> Self {
        Self {
            schedule: Mutex::new(Schedule::new(pace)),
            clock,
            sleep,
        }
    }

    /// Waits for a place. Refuses at once, taking none, where the wait would outlast the deadline.
    pub(crate) async fn pass(&self, deadline: &Deadline) -> Result<(), Crowded> {
        loop {
            let now = self.now();
            let at = self
                .schedule
                .lock()
                .reserve(now, deadline.left())
                .map_err(|wait| Crowded { wait })?;
            let place = Place {
                throttle: self,
                at,
                taken: false,
            };
            if at > now {
                self.sleep.sleep(at.saturating_sub(now)).await;
            }
            if place.take() {
                return Ok(());
            }
        }
    }

    /// Lets nobody pass for `wait`: the server said so to one of the callers, and it meant all.
    pub(crate) fn pause(&self, wait: Duration) {
        let until = self.now().saturating_add(wait);
        self.schedule.lock().pause(until);
    }

    fn now(&self) -> Duration {
        self.clock.now().monotonic
    }
}

/// A reserved place; given back when the caller goes away before it came up.
struct Place<'a> {
    throttle: &'a Throttle,
    at: Duration,
    taken: bool,
}

impl Place<'_> {
    /// Uses the place, unless a pause that began in the meantime covers it.
    fn take(mut self) -> bool {
        self.taken = !self.throttle.schedule.lock().is_paused_at(self.at);
        self.taken
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if !self.taken {
            let now = self.throttle.now();
            self.throttle.schedule.lock().give_back(self.at, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::OnceLock;
    use std::time::SystemTime;

    use freshness::ManualClock;

    use super::*;

    /// Moves the clock; during the first sleep, the gate is closed for 20 s.
    #[derive(Debug)]
    struct Interrupted {
        clock: ManualClock,
        throttle: Arc<OnceLock<Arc<Throttle>>>,
        asked: Arc<Mutex<Vec<Duration>>>,
    }

    impl Sleep for Interrupted {
        fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            if self.asked.lock().is_empty() {
                self.throttle.get().unwrap().pause(Duration::from_secs(20));
            }
            self.asked.lock().push(wait);
            self.clock.advance(wait);
            Box::pin(std::future::ready(()))
        }
    }

    #[tokio::test]
    async fn who_waits_already_when_the_gate_closes_waits_until_it_opens() {
        let clock = ManualClock::at(SystemTime::UNIX_EPOCH);
        let (shared, asked) = (Arc::new(OnceLock::new()), Arc::new(Mutex::default()));
        let sleep = Interrupted {
            clock: clock.clone(),
            throttle: Arc::clone(&shared),
            asked: Arc::clone(&asked),
        };
        let pace = Pace::new(NonZeroU32::new(6).unwrap(), NonZeroU32::MIN);
        let throttle = Arc::new(Throttle::new(pace, Arc::new(clock.clone()), Arc::new(sleep)));
        shared.set(Arc::clone(&throttle)).unwrap();
        let deadline = Deadline::new(Arc::new(clock), Duration::from_mins(1));

        throttle.pass(&deadline).await.unwrap();
        throttle.pass(&deadline).await.unwrap();
        assert_eq!(*asked.lock(), [Duration::from_secs(10); 2]);
    }
}
