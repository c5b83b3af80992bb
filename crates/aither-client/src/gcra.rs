//! The generic cell rate algorithm: a burst at once, then evenly spaced. Pure arithmetic on monotonic time.

use std::num::NonZeroU32;
use std::time::Duration;

/// One cell: what may be taken from it, and when.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// The time that one place takes to come back.
    interval: Duration,
    burst: NonZeroU32,
    /// The theoretical arrival time: when the full burst is back.
    arrival: Duration,
}

impl Cell {
    /// A cell with its full burst.
    pub(crate) const fn new(interval: Duration, burst: NonZeroU32) -> Self {
        Self {
            interval,
            burst,
            arrival: Duration::ZERO,
        }
    }

    /// When the next place is free; in the past where it is by now.
    pub(crate) fn next(&self) -> Duration {
        self.arrival.saturating_sub(self.tolerance())
    }

    /// Takes a place, whether it is free or not.
    pub(crate) fn take(&mut self, at: Duration) {
        self.arrival = self.arrival.max(at).saturating_add(self.interval);
    }

    /// Gives back so many hundredths of a place, up to the full burst.
    pub(crate) fn give_back(&mut self, percent: u32) {
        self.arrival = self
            .arrival
            .saturating_sub(self.interval.saturating_mul(percent) / 100);
    }

    /// Leaves one place at `until`, none before it, and no burst after it.
    pub(crate) fn drain(&mut self, until: Duration) {
        self.arrival = self.arrival.max(until.saturating_add(self.tolerance()));
    }

    /// Goes on with another interval and burst. At least `taken` places are gone at `now`, and at most
    /// `taken` and `unknown` more.
    pub(crate) fn correct(&mut self, now: Duration, tuned: (Duration, NonZeroU32), taken: u32, unknown: u32) {
        (self.interval, self.burst) = tuned;
        let gone = |places| now.saturating_add(self.interval.saturating_mul(places));
        let (least, most) = (gone(taken), gone(taken.saturating_add(unknown)));
        self.arrival = self.arrival.clamp(least, most);
    }

    /// How many places are free at `now`.
    pub(crate) fn free(&self, now: Duration) -> u32 {
        let gone = self.arrival.saturating_sub(now).as_nanos();
        let gone = gone.div_ceil(self.interval.as_nanos().max(1));
        self.burst
            .get()
            .saturating_sub(u32::try_from(gone).unwrap_or(u32::MAX))
    }

    fn tolerance(&self) -> Duration {
        self.interval.saturating_mul(self.burst.get() - 1)
    }
}
