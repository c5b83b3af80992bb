//! The generic cell rate algorithm (GCRA): a burst, then evenly spaced. Pure arithmetic on monotonic time.

use std::num::NonZeroU32;
use std::time::Duration;

/// The state of one rate limit.
#[derive(Clone, Debug)]
pub(crate) struct Gcra {
    /// The time after which one used slot is free again.
    interval: Duration,
    burst: NonZeroU32,
    /// The theoretical arrival time: when the full burst is available again.
    arrival: Duration,
}

impl Gcra {
    /// A limit with its full burst available.
    pub(crate) const fn new(interval: Duration, burst: NonZeroU32) -> Self {
        Self {
            interval,
            burst,
            arrival: Duration::ZERO,
        }
    }

    /// When so many slots are free together, or the full burst where that is less; in the past if they are free now.
    pub(crate) fn next(&self, slots: u32) -> Duration {
        let more = slots.clamp(1, self.burst.get()) - 1;
        let tolerance = self.interval.saturating_mul(self.burst.get() - 1 - more);
        self.arrival.saturating_sub(tolerance)
    }

    /// Takes a slot, whether it is free or not.
    pub(crate) fn take(&mut self, at: Duration) {
        self.arrival = self.arrival.max(at).saturating_add(self.interval);
    }

    /// Returns `percent` hundredths of a slot, up to the full burst.
    pub(crate) fn give_back(&mut self, percent: u32) {
        self.arrival = self
            .arrival
            .saturating_sub(self.interval.saturating_mul(percent) / 100);
    }

    /// Leaves no slot before `until`, one at `until`, and no burst after it.
    pub(crate) fn drain(&mut self, until: Duration) {
        self.arrival = self.arrival.max(until.saturating_add(self.tolerance()));
    }

    /// Continues with another interval and burst. At `now` at least `taken` slots are used, and at most
    /// `taken + unknown`.
    pub(crate) fn correct(&mut self, now: Duration, rate: (Duration, NonZeroU32), taken: u32, unknown: u32) {
        (self.interval, self.burst) = rate;
        let after = |slots| now.saturating_add(self.interval.saturating_mul(slots));
        let (least, most) = (after(taken), after(taken.saturating_add(unknown)));
        self.arrival = self.arrival.clamp(least, most);
    }

    /// How many slots are free at `now`.
    pub(crate) fn free(&self, now: Duration) -> u32 {
        let used = self.arrival.saturating_sub(now).as_nanos();
        let used = used.div_ceil(self.interval.as_nanos().max(1));
        self.burst
            .get()
            .saturating_sub(u32::try_from(used).unwrap_or(u32::MAX))
    }

    fn tolerance(&self) -> Duration {
        self.interval.saturating_mul(self.burst.get() - 1)
    }
}
