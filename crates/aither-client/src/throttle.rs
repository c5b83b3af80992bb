//! The pacing gate: every attempt of every clone of a client passes it.
//!
//! A server that meters (Hemera admits 100 requests a minute, 20 at once) answers 429 to those who
//! do not pace themselves; it is cheaper not to send what would be refused. `governor` is what the
//! server counts with, but it can neither be told how the server's count stands nor to pause; hence a
//! schedule of our own.

mod pace;
pub(crate) mod schedule;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use freshness::{Clock, Sleep};
use parking_lot::Mutex;
use tracing::{debug, info};

use crate::deadline::Deadline;
use crate::rate_limit::RateLimit;
pub use pace::Pace;
use schedule::{Schedule, Told};

/// The gate itself: a queue whose head alone waits for its place, on the injected clock. So whatever
/// the server says reaches everybody behind it, and who goes away leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Throttle {
    state: Mutex<State>,
    /// Fair: in order of arrival.
    turn: tokio::sync::Mutex<()>,
    /// Those who wait for their turn or their place.
    waiting: AtomicU32,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
}

#[derive(Debug)]
struct State {
    schedule: Schedule,
    /// Attempts that have passed.
    begun: u64,
    /// Those of them that are over.
    ended: u64,
    announced: Option<RateLimit>,
}

/// Why nobody may pass in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// The place is later than the caller's deadline.
    Crowded {
        /// How long the caller would have had to wait.
        wait: Duration,
        /// The server asked for a pause.
        is_paused: bool,
    },
    /// The deadline passed in the queue.
    OutOfTime,
}

impl Throttle {
    /// Without a pace of its own, the gate goes by what the server says.
    pub(crate) fn new(pace: Option<Pace>, clock: Arc<dyn Clock>, sleep: Arc<dyn Sleep>) -> Self {
        Self {
            state: Mutex::new(State {
                schedule: Schedule::new(pace),
                begun: 0,
                ended: 0,
                announced: None,
            }),
            turn: tokio::sync::Mutex::new(()),
            waiting: AtomicU32::new(0),
            clock,
            sleep,
        }
    }

    /// Waits for a place. Refuses at once, taking none, where the wait would outlast the deadline.
    pub(crate) async fn pass(&self, deadline: &Deadline) -> Result<Place<'_>, NoPlace> {
        let queue = Queue::join(&self.waiting);
        let mut now = self.now();
        let wait = self.state.lock().schedule.wait_behind(now, queue.ahead);
        self.in_time(wait, deadline)?;
        let _turn = tokio::time::timeout(deadline.left(), self.turn.lock())
            .await
            .map_err(|_| NoPlace::OutOfTime)?;
        loop {
            now = now.max(self.now());
            let wait = match self.try_pass(now) {
                Ok(place) => return Ok(place),
                Err(wait) => wait,
            };
            self.in_time(wait, deadline)?;
            self.sleep.sleep(wait).await;
            // Who has slept until a moment has reached it, whatever the clock shows.
            now = now.saturating_add(wait);
        }
    }

    /// Lets nobody pass for `wait`: the server said so to one of the callers, and it meant all.
    pub(crate) fn pause(&self, wait: Duration) {
        let now = self.now();
        let mut state = self.state.lock();
        let was_paused = state.schedule.paused_for(now).is_some();
        state.schedule.pause(now.saturating_add(wait));
        drop(state);
        if !was_paused {
            info!(wait_ms = wait.as_millis(), "Hemera asks to wait; all calls do");
        }
    }

    /// What Hemera said with its newest answer.
    pub(crate) fn announced(&self) -> Option<RateLimit> {
        self.state.lock().announced
    }

    /// How long the server's pause lasts, if there is one.
    pub(crate) fn paused_for(&self) -> Option<Duration> {
        let now = self.now();
        self.state.lock().schedule.paused_for(now)
    }

    /// Callers at the gate.
    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Attempts that have passed and are not over.
    pub(crate) fn under_way(&self) -> u32 {
        let state = self.state.lock();
        u32::try_from(state.begun - state.ended).unwrap_or(u32::MAX)
    }

    fn try_pass(&self, now: Duration) -> Result<Place<'_>, Duration> {
        let mut state = self.state.lock();
        state.schedule.pass(now)?;
        state.begun += 1;
        Ok(Place {
            throttle: self,
            ended_before: state.ended,
        })
    }

    fn in_time(&self, wait: Duration, deadline: &Deadline) -> Result<(), NoPlace> {
        // A place at the very end would leave no time for the attempt.
        if wait.is_zero() || wait < deadline.left() {
            return Ok(());
        }
        let is_paused = self.paused_for().is_some();
        Err(NoPlace::Crowded { wait, is_paused })
    }

    fn now(&self) -> Duration {
        self.clock.now().monotonic
    }
}

/// A caller in the queue, until it passes or goes away.
struct Queue<'a> {
    waiting: &'a AtomicU32,
    ahead: u32,
}

impl<'a> Queue<'a> {
    fn join(waiting: &'a AtomicU32) -> Self {
        let ahead = waiting.fetch_add(1, Ordering::Relaxed);
        Self { waiting, ahead }
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An attempt that has passed, until it is over.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    throttle: &'a Throttle,
    /// Attempts that were over when this one began: the server has counted those before it answers.
    ended_before: u64,
}

impl Place<'_> {
    /// Takes note of what the answer says about the rate limit.
    pub(crate) fn hear(&self, told: RateLimit) {
        let now = self.throttle.now();
        let mut state = self.throttle.state.lock();
        let before = state.announced.replace(told);
        if let Some((interval, burst)) = told.interval().zip(told.burst) {
            let uncounted = state.begun - self.ended_before - 1;
            let told = Told {
                interval,
                burst,
                remaining: told.remaining,
                uncounted: u32::try_from(uncounted).unwrap_or(u32::MAX),
            };
            state.schedule.hear(told, now);
        } else if told.remaining == 0 {
            state
                .schedule
                .pause(now.saturating_add(told.interval_of_a_minute()));
        }
        drop(state);
        if before.is_none_or(|before| before.policy() != told.policy()) {
            debug!(limit = told.limit, window = ?told.window, burst = told.burst, "Hemera tells its limit");
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.throttle.state.lock().ended += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
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
        let throttle = Throttle::new(Some(pace), Arc::new(clock.clone()), Arc::new(sleep));
        let throttle = Arc::new(throttle);
        shared.set(Arc::clone(&throttle)).unwrap();
        let deadline = Deadline::new(Arc::new(clock), Duration::from_mins(1));

        throttle.pass(&deadline).await.unwrap();
        throttle.pass(&deadline).await.unwrap();
        assert_eq!(*asked.lock(), [Duration::from_secs(10); 2]);
    }

    #[tokio::test]
    async fn whoever_comes_first_passes_first() {
        let clock = ManualClock::at(SystemTime::UNIX_EPOCH);
        let sleep = freshness::RecordedSleep::advancing(clock.clone());
        let pace = Pace::new(NonZeroU32::new(60).unwrap(), NonZeroU32::MIN);
        let throttle = Arc::new(Throttle::new(
            Some(pace),
            Arc::new(clock.clone()),
            Arc::new(sleep),
        ));
        let order = Arc::new(Mutex::new(Vec::new()));
        let callers: Vec<_> = (0..8)
            .map(|number| {
                let (throttle, clock) = (Arc::clone(&throttle), clock.clone());
                let order = Arc::clone(&order);
                tokio::spawn(async move {
                    let deadline = Deadline::new(Arc::new(clock), Duration::from_mins(1));
                    let taken = throttle.pass(&deadline).await.unwrap();
                    order.lock().push(number);
                    drop(taken);
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
        assert!(order.lock().iter().copied().eq(0..8), "{:?}", order.lock());
        assert_eq!((throttle.waiting(), throttle.under_way()), (0, 0));
    }
}
