//! The emulator's own time: the system's, shifted or standing still.
//!
//! Everything that has a time in it (tokens, expiry, `created_at`) asks this clock, so a test can let a week
//! pass, or have tokens minted by a Clerk whose clock is an hour behind, without waiting for either.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

/// A point in time in milliseconds since 1970, as Clerk's objects carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Stamp(i64);

impl Stamp {
    pub(crate) const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub(crate) const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds, as JWT claims carry them.
    pub(crate) const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    pub(crate) fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(whole_millis(span)))
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The start of its day in UTC: the precision that Clerk keeps for a user's last activity.
    pub(crate) const fn day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(86_400_000))
    }
}

impl From<SystemTime> for Stamp {
    fn from(time: SystemTime) -> Self {
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => whole_millis(after),
            Err(before) => -whole_millis(before.duration()),
        })
    }
}

/// How the emulator's time relates to the system's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClockMode {
    /// Runs along with the system, this many milliseconds ahead (negative: behind).
    Running(i64),
    /// Stands still until it is moved.
    Standing(Stamp),
}

/// The clock, shared by all who hold a clone of it.
#[derive(Clone, Debug)]
pub(crate) struct Clock(Arc<Mutex<ClockMode>>);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(ClockMode::Running(0))))
    }

    pub(crate) fn now(&self) -> Stamp {
        match *self.0.lock() {
            ClockMode::Standing(at) => at,
            ClockMode::Running(ahead) => Stamp(system_now().0.saturating_add(ahead)),
        }
    }

    /// Stands still at `at`.
    pub(crate) fn stand_at(&self, at: Stamp) {
        *self.0.lock() = ClockMode::Standing(at);
    }

    /// Runs with the system, `ahead` milliseconds before it (negative: behind it).
    pub(crate) fn run_ahead(&self, ahead: i64) {
        *self.0.lock() = ClockMode::Running(ahead);
    }

    /// Moves by `span`, running or standing.
    pub(crate) fn advance(&self, span: Duration) {
        let mut mode = self.0.lock();
        *mode = match *mode {
            ClockMode::Standing(at) => ClockMode::Standing(at.plus(span)),
            ClockMode::Running(ahead) => ClockMode::Running(ahead.saturating_add(whole_millis(span))),
        };
    }

    pub(crate) fn is_standing(&self) -> bool {
        matches!(*self.0.lock(), ClockMode::Standing(_))
    }
}

fn whole_millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place of this crate that reads the system's clock"
)]
fn system_now() -> Stamp {
    SystemTime::now().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_only_when_it_is_moved() {
        let clock = Clock::new();
        clock.stand_at(Stamp::from_millis(1_000));
        assert_eq!(clock.now().millis(), 1_000);
        clock.advance(Duration::from_mins(1));
        assert_eq!(clock.now().millis(), 61_000);
        assert!(clock.is_standing());
    }

    #[test]
    fn a_clock_set_back_runs_on() {
        let clock = Clock::new();
        let before = clock.now();
        clock.run_ahead(-3_600_000);
        let behind = before.since(clock.now());
        assert!(
            behind > Duration::from_secs(3_590) && behind <= Duration::from_hours(1),
            "{behind:?}"
        );
    }
}
