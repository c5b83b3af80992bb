//! When the next attempt may pass the gate: pure arithmetic on monotonic time, no waiting, no clock.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

use super::Pace;
use crate::gcra::Gcra;

const MINUTE: Duration = Duration::from_mins(1);

/// The client's own pace and the limit that the server announces. Both are kept.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    own: Option<OwnPace>,
    /// The state of the server's limiter, as its responses describe it.
    announced: Option<Gcra>,
    paused_until: Duration,
    /// The latest time that a caller passed in. Callers read the clock before they come here, so one may pass in an
    /// earlier time than the caller before it.
    latest: Duration,
}

/// The client's own pace.
///
/// Two rules, both kept: the GCRA spaces attempts evenly after a burst, and a record of the last `per_minute` attempts
/// keeps any 60 seconds within the pace (the GCRA alone admits `per_minute + burst` in the first minute, which a server
/// with fixed windows would refuse).
#[derive(Clone, Debug)]
struct OwnPace {
    gcra: Gcra,
    capacity: usize,
    passed: VecDeque<Duration>,
}

/// What a response says about the server's limiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Observed {
    /// The time after which the server no longer counts a request.
    pub(crate) interval: Duration,
    pub(crate) burst: NonZeroU32,
    /// Requests that would be admitted now.
    pub(crate) remaining: u32,
    /// Our own attempts that the server may not have counted yet when it responded.
    pub(crate) uncounted: u32,
}

impl Schedule {
    pub(crate) fn new(pace: Option<Pace>) -> Self {
        Self {
            own: pace.map(OwnPace::new),
            announced: None,
            paused_until: Duration::ZERO,
            latest: Duration::ZERO,
        }
    }

    /// Passes now with an attempt that counts as `weight` requests, or returns how long to wait.
    pub(crate) fn pass(&mut self, now: Duration, weight: u32) -> Result<(), Duration> {
        self.latest = self.latest.max(now);
        let wait = self.next(weight).saturating_sub(self.latest);
        if !wait.is_zero() {
            return Err(wait);
        }
        for _ in 0..weight {
            self.take(self.latest);
        }
        Ok(())
    }

    /// How long to wait for a slot behind callers with attempts that count as `ahead` requests, as things are now.
    pub(crate) fn wait_behind(&self, now: Duration, ahead: u32, weight: u32) -> Duration {
        let now = self.latest.max(now);
        let mut plan = self.clone();
        for _ in 0..ahead {
            plan.take(plan.next(1).max(now));
        }
        plan.next(weight).saturating_sub(now)
    }

    /// No caller passes before `until`, and no burst follows: when the wait is over, a server that asked for it has room for
    /// one request, not for many.
    pub(crate) fn pause(&mut self, until: Duration) {
        if until > self.paused_until {
            self.paused_until = until;
            let own = self.own.iter_mut().map(|own| &mut own.gcra);
            for gcra in own.chain(&mut self.announced) {
                gcra.drain(until);
            }
        }
    }

    /// How much longer the pause lasts that the server asked for, if there is one.
    pub(crate) fn paused_for(&self, now: Duration) -> Option<Duration> {
        let left = self.paused_until.saturating_sub(now.max(self.latest));
        (!left.is_zero()).then_some(left)
    }

    /// Takes over what a response says about the server's limiter.
    ///
    /// A fifth of the burst and 4 % of the rate are not used: requests that the network delays and then delivers together
    /// need that room.
    pub(crate) fn observe(&mut self, observed: Observed, now: Duration) {
        self.latest = self.latest.max(now);
        let interval = observed.interval.saturating_mul(25) / 24;
        let burst = observed.burst.get() - observed.burst.get() / 5;
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let taken = observed.burst.get().saturating_sub(observed.remaining);
        self.announced
            .get_or_insert_with(|| Gcra::new(interval, burst))
            .correct(self.latest, (interval, burst), taken, observed.uncounted);
    }

    /// When the next caller may pass with an attempt of this weight.
    fn next(&self, weight: u32) -> Duration {
        let announced = self.announced.as_ref().map(|gcra| gcra.next(weight));
        let own = self.own.as_ref().map(|own| own.next(weight));
        self.paused_until
            .max(announced.unwrap_or_default())
            .max(own.unwrap_or_default())
    }

    fn take(&mut self, at: Duration) {
        if let Some(own) = &mut self.own {
            own.take(at);
        }
        if let Some(announced) = &mut self.announced {
            announced.take(at);
        }
    }
}

impl OwnPace {
    fn new(pace: Pace) -> Self {
        Self {
            gcra: Gcra::new(MINUTE / pace.per_minute().get(), pace.burst()),
            capacity: usize::try_from(pace.per_minute().get()).unwrap_or(usize::MAX),
            passed: VecDeque::new(),
        }
    }

    fn next(&self, weight: u32) -> Duration {
        // How many of the oldest must be a minute old before the attempt has room in the record.
        let weight = usize::try_from(weight).unwrap_or(usize::MAX).min(self.capacity);
        let too_many = (self.passed.len() + weight).saturating_sub(self.capacity);
        let last = too_many.checked_sub(1).and_then(|last| self.passed.get(last));
        let by_minute = last.map_or(Duration::ZERO, |at| at.saturating_add(MINUTE));
        self.gcra
            .next(u32::try_from(weight).unwrap_or(u32::MAX))
            .max(by_minute)
    }

    fn take(&mut self, at: Duration) {
        self.gcra.take(at);
        if self.passed.len() == self.capacity {
            self.passed.pop_front();
        }
        self.passed.push_back(at);
    }
}

#[cfg(test)]
mod tests;
