//! One quota in a window, in the terms of the algorithm and of the headers.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::config::Quota;

/// So many requests per window in the long run, so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(super) quota: Quota,
    pub(super) window: Duration,
}

impl Rate {
    /// The time that one request takes to be forgotten: whole microseconds, in which the shared store counts too,
    /// rounded up, so that a window never admits more than its rate. Never zero.
    pub(super) fn interval(&self) -> Duration {
        let exact = self.window / self.quota.rate.get();
        let micros = exact.as_nanos().div_ceil(1_000).max(1);
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// The time from an empty burst to a full one.
    pub(super) fn burst_window(&self) -> Duration {
        self.interval() * self.quota.burst.get()
    }

    /// What one of so many servers may admit without asking the others: together no more than all of it, but at least
    /// one request each.
    pub(super) fn share_of(self, replicas: NonZeroU32) -> Self {
        let share = |of: NonZeroU32| NonZeroU32::new(of.get() / replicas).unwrap_or(NonZeroU32::MIN);
        Self {
            quota: Quota {
                rate: share(self.quota.rate),
                burst: share(self.quota.burst),
            },
            window: self.window,
        }
    }

    pub(super) fn governor(&self) -> governor::Quota {
        // `interval` is not zero, which is all that `with_period` asks.
        governor::Quota::with_period(self.interval())
            .unwrap_or(governor::Quota::per_minute(self.quota.rate))
            .allow_burst(self.quota.burst)
    }
}
