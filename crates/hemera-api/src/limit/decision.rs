//! One decision, from which status, `Retry-After` and every header follow.

use std::time::Duration;

use super::rate::Rate;
use crate::config::Quota;

/// What the limiter says to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    rate: Rate,
    /// What would be admitted now if sent without a pause.
    remaining: u32,
    /// When the full burst is back.
    full_in: Duration,
    /// Not admitted: when one would be.
    retry_in: Option<Duration>,
}

impl Decision {
    /// Admitted; so many more would be, if sent at once.
    pub(super) fn admitted(rate: Rate, remaining: u32) -> Self {
        Self {
            rate,
            remaining,
            // Rounded up to a whole request: at that time the full burst is back for certain.
            full_in: rate.interval() * rate.quota.burst.get().saturating_sub(remaining),
            retry_in: None,
        }
    }

    /// Admitted against a quota that is counted nowhere.
    #[cfg(test)]
    pub(crate) fn admitted_of(quota: Quota, window: Duration, remaining: u32) -> Self {
        Self::admitted(Rate { quota, window }, remaining)
    }

    /// Not admitted before so much time has passed.
    pub(super) fn refused(rate: Rate, wait: Duration) -> Self {
        Self {
            rate,
            remaining: 0,
            full_in: wait + rate.interval() * (rate.quota.burst.get() - 1),
            retry_in: Some(wait),
        }
    }

    pub(crate) fn is_admitted(&self) -> bool {
        self.retry_in.is_none()
    }

    /// How long to wait, where it is not admitted.
    pub(crate) fn retry_in(&self) -> Option<Duration> {
        self.retry_in
    }

    /// What would be admitted now if sent without a pause.
    pub(crate) fn remaining(&self) -> u32 {
        self.remaining
    }

    /// The time until the full burst is back.
    pub(crate) fn full_in(&self) -> Duration {
        self.full_in
    }

    /// The quota that was counted against.
    pub(crate) fn quota(&self) -> Quota {
        self.rate.quota
    }

    /// The window of the quota's rate.
    pub(crate) fn window(&self) -> Duration {
        self.rate.window
    }

    /// The time from an empty burst to a full one.
    pub(crate) fn burst_window(&self) -> Duration {
        self.rate.burst_window()
    }
}
