//! One quota in a window, in the terms of the algorithm and of the headers.

use std::time::Duration;

use crate::config::Quota;

/// So many requests per window in the long run, so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(super) quota: Quota,
    pub(super) window: Duration,
}

impl Rate {
    /// The time that one request takes to be forgotten. Never zero.
    pub(super) fn interval(&self) -> Duration {
        (self.window / self.quota.rate.get()).max(Duration::from_nanos(1))
    }

    /// The time from an empty burst to a full one.
    pub(super) fn burst_window(&self) -> Duration {
        self.interval() * self.quota.burst.get()
    }

    pub(super) fn governor(&self) -> governor::Quota {
        // `interval` is not zero, which is all that `with_period` asks.
        governor::Quota::with_period(self.interval())
            .unwrap_or(governor::Quota::per_minute(self.quota.rate))
            .allow_burst(self.quota.burst)
    }
}
