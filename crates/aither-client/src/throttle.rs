//! The pacing gate: every attempt of every clone of a client passes through it.
//!
//! Hemera limits its callers (100 requests a minute, 20 in a burst) and answers 429 beyond that. Not sending a request that
//! would be refused is cheaper for both sides. The server counts with `governor`; a `governor` limiter can neither be
//! corrected by what the server announces nor be paused, so the client has a schedule of its own.

mod pace;
mod schedule;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use freshness::{Clock, Sleep};
use parking_lot::Mutex;
use tracing::{debug, info};

use crate::deadline::Deadline;
use crate::rate_limit::RateLimit;
pub use pace::Pace;
use schedule::{Observed, Schedule};

/// The gate: a queue in which only the first caller waits for its slot, on the injected clock. So what the server
/// announces reaches all callers behind it, and a cancelled caller leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Throttle {
    state: Mutex<State>,
    /// Fair: callers get their turn in order of arrival.
    turn: tokio::sync::Mutex<()>,
    /// Callers that wait for their turn or their slot.
    waiting: AtomicU32,
    /// As how many requests their attempts count.
    waiting_weight: AtomicU32,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
}

#[derive(Debug)]
struct State {
    schedule: Schedule,
    /// Attempts that have passed the gate and have not ended.
    in_flight: u32,
    /// As how many requests the attempts count that have passed the gate.
    started: u64,
    /// The same of those that have ended.
    ended: u64,
    announced: Option<RateLimit>,
}

/// Why a caller cannot pass in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoSlot {
    /// The next slot is later than the caller's deadline.
    TooLate {
        /// How long the caller would have to wait.
        wait: Duration,
        /// The server asked for a pause.
        is_paused: bool,
    },
    /// The deadline passed in the queue.
    OutOfTime,
}

impl Throttle {
    /// Without a pace of its own, the gate follows only what the server announces.
    pub(crate) fn new(pace: Option<Pace>, clock: Arc<dyn Clock>, sleep: Arc<dyn Sleep>) -> Self {
        Self {
            state: Mutex::new(State {
                schedule: Schedule::new(pace),
                in_flight: 0,
                started: 0,
                ended: 0,
                announced: None,
            }),
            turn: tokio::sync::Mutex::new(()),
            waiting: AtomicU32::new(0),
            waiting_weight: AtomicU32::new(0),
            clock,
            sleep,
        }
    }

    /// Waits for a slot for an attempt that counts as `weight` requests. If the wait would reach the deadline, it is refused
    /// immediately and takes no slot.
    pub(crate) async fn pass(&self, weight: u32, deadline: &Deadline) -> Result<Slot<'_>, NoSlot> {
        let waiter = Waiter::join(self, weight);
        let mut now = self.now();
        let wait = self.state.lock().schedule.wait_behind(now, waiter.ahead, weight);
        self.check_in_time(wait, deadline)?;
        let _turn = tokio::time::timeout(deadline.left(), self.turn.lock())
            .await
            .map_err(|_| NoSlot::OutOfTime)?;
        loop {
            now = now.max(self.now());
            let wait = match self.try_pass(now, weight) {
                Ok(slot) => return Ok(slot),
                Err(wait) => wait,
            };
            self.check_in_time(wait, deadline)?;
            self.sleep.sleep(wait).await;
            // After the sleep that much time has passed, even if the clock shows less.
            now = now.saturating_add(wait);
        }
    }

    /// Closes the gate for `wait`: the server asked one of the callers to wait, which concerns all of them.
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

    /// What Hemera announced with its latest response.
    pub(crate) fn announced(&self) -> Option<RateLimit> {
        self.state.lock().announced
    }

    /// How much longer the pause lasts that the server asked for, if there is one.
    pub(crate) fn paused_for(&self) -> Option<Duration> {
        let now = self.now();
        self.state.lock().schedule.paused_for(now)
    }

    /// Callers that wait at the gate.
    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Attempts that have passed the gate and have not ended.
    pub(crate) fn in_flight(&self) -> u32 {
        self.state.lock().in_flight
    }

    fn try_pass(&self, now: Duration, weight: u32) -> Result<Slot<'_>, Duration> {
        let mut state = self.state.lock();
        state.schedule.pass(now, weight)?;
        state.in_flight += 1;
        state.started += u64::from(weight);
        Ok(Slot {
            throttle: self,
            weight,
            ended_before: state.ended,
        })
    }

    fn check_in_time(&self, wait: Duration, deadline: &Deadline) -> Result<(), NoSlot> {
        // A slot right at the deadline would leave no time for the attempt.
        if wait.is_zero() || wait < deadline.left() {
            return Ok(());
        }
        let is_paused = self.paused_for().is_some();
        Err(NoSlot::TooLate { wait, is_paused })
    }

    fn now(&self) -> Duration {
        self.clock.now().monotonic
    }
}

/// A caller in the queue, until it passes or is cancelled.
struct Waiter<'a> {
    throttle: &'a Throttle,
    weight: u32,
    /// As how many requests the attempts count of those who came before.
    ahead: u32,
}

impl<'a> Waiter<'a> {
    fn join(throttle: &'a Throttle, weight: u32) -> Self {
        throttle.waiting.fetch_add(1, Ordering::Relaxed);
        let ahead = throttle.waiting_weight.fetch_add(weight, Ordering::Relaxed);
        Self {
            throttle,
            weight,
            ahead,
        }
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.throttle.waiting.fetch_sub(1, Ordering::Relaxed);
        self.throttle
            .waiting_weight
            .fetch_sub(self.weight, Ordering::Relaxed);
    }
}

/// An attempt that has passed the gate, until it has ended.
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    throttle: &'a Throttle,
    weight: u32,
    /// As how many requests the attempts counted that had ended when this one started: the server has counted those before
    /// it answers this one.
    ended_before: u64,
}

impl Slot<'_> {
    /// Notes the rate limit that the response announces.
    pub(crate) fn observe(&self, announced: RateLimit) {
        let now = self.throttle.now();
        let mut state = self.throttle.state.lock();
        let before = state.announced.replace(announced);
        if let Some((interval, burst)) = announced.interval().zip(announced.burst) {
            let uncounted = state.started - self.ended_before - u64::from(self.weight);
            let observed = Observed {
                interval,
                burst,
                remaining: announced.remaining,
                uncounted: u32::try_from(uncounted).unwrap_or(u32::MAX),
            };
            state.schedule.observe(observed, now);
        } else if announced.remaining == 0 {
            state
                .schedule
                .pause(now.saturating_add(announced.interval_of_a_minute()));
        }
        drop(state);
        if before.is_none_or(|before| before.policy() != announced.policy()) {
            debug!(limit = announced.limit, window = ?announced.window, burst = announced.burst, "Hemera announces its limit");
        }
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut state = self.throttle.state.lock();
        state.in_flight -= 1;
        state.ended += u64::from(self.weight);
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

    /// Moves the clock. During the first sleep it closes the gate for 20 s.
    #[derive(Debug)]
    struct Interrupted {
        clock: ManualClock,
        throttle: Arc<OnceLock<Arc<Throttle>>>,
        waits: Arc<Mutex<Vec<Duration>>>,
    }

    impl Sleep for Interrupted {
        fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            if self.waits.lock().is_empty() {
                self.throttle.get().unwrap().pause(Duration::from_secs(20));
            }
            self.waits.lock().push(wait);
            self.clock.advance(wait);
            Box::pin(std::future::ready(()))
        }
    }

    #[tokio::test]
    async fn caller_in_the_queue_waits_until_a_closed_gate_opens() {
        let clock = ManualClock::at(SystemTime::UNIX_EPOCH);
        let (shared, waits) = (Arc::new(OnceLock::new()), Arc::new(Mutex::default()));
        let sleep = Interrupted {
            clock: clock.clone(),
            throttle: Arc::clone(&shared),
            waits: Arc::clone(&waits),
        };
        let pace = Pace::new(NonZeroU32::new(6).unwrap(), NonZeroU32::MIN);
        let throttle = Throttle::new(Some(pace), Arc::new(clock.clone()), Arc::new(sleep));
        let throttle = Arc::new(throttle);
        shared.set(Arc::clone(&throttle)).unwrap();
        let deadline = Deadline::new(Arc::new(clock), Duration::from_mins(1));

        throttle.pass(1, &deadline).await.unwrap();
        throttle.pass(1, &deadline).await.unwrap();
        assert_eq!(*waits.lock(), [Duration::from_secs(10); 2]);
    }

    #[tokio::test]
    async fn callers_pass_in_order_of_arrival() {
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
                    let slot = throttle.pass(1, &deadline).await.unwrap();
                    order.lock().push(number);
                    drop(slot);
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
        assert!(order.lock().iter().copied().eq(0..8), "{:?}", order.lock());
        assert_eq!((throttle.waiting(), throttle.in_flight()), (0, 0));
    }
}
