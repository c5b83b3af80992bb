//! A quota in a window, as the algorithm and the headers need it.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::config::Quota;

/// A number of requests per window in the long run, and a number without a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(super) quota: Quota,
    pub(super) window: Duration,
}

impl Rate {
    /// The time after which one request no longer counts, in whole microseconds as in the shared store. Rounded up, so
    /// that a window never admits more than its rate. Never zero.
    pub(super) fn interval(&self) -> Duration {
        let exact = self.window / self.quota.rate.get();
        let micros = exact.as_nanos().div_ceil(1_000).max(1);
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// The time from an empty burst to a full one.
    pub(super) fn burst_window(&self) -> Duration {
        self.interval() * self.quota.burst.get()
    }

    /// The share of one of `replicas` servers: together they admit no more than the whole, but each at least one request.
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
        // `with_period` returns `None` only for zero, which `interval` never is.
        governor::Quota::with_period(self.interval())
            .unwrap_or(governor::Quota::per_minute(self.quota.rate))
            .allow_burst(self.quota.burst)
    }
}
