//! One decision, from which status, `Retry-After` and every header follow.

use std::time::Duration;

use super::rate::Rate;
use crate::config::Quota;

/// The limiter's decision on one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    rate: Rate,
    /// How many requests more would be admitted now, if sent without a pause.
    remaining: u32,
    /// The time until the full burst is available again.
    full_in: Duration,
    /// If it was refused, the time until a request would be admitted.
    retry_in: Option<Duration>,
}

impl Decision {
    /// Admitted; `remaining` more would be, if sent without a pause.
    pub(super) fn admitted(rate: Rate, remaining: u32) -> Self {
        Self {
            rate,
            remaining,
            // Rounded up to a whole request: after that time the full burst is certainly available.
            full_in: rate.interval() * rate.quota.burst.get().saturating_sub(remaining),
            retry_in: None,
        }
    }

    /// Admitted against a quota that is counted nowhere.
    #[cfg(test)]
    pub(crate) fn admitted_of(quota: Quota, window: Duration, remaining: u32) -> Self {
        Self::admitted(Rate { quota, window }, remaining)
    }

    /// Refused; a request would be admitted after `wait`.
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

    /// If it was refused, the time until a request would be admitted.
    pub(crate) fn retry_in(&self) -> Option<Duration> {
        self.retry_in
    }

    /// How many requests more would be admitted now, if sent without a pause.
    pub(crate) fn remaining(&self) -> u32 {
        self.remaining
    }

    /// The time until the full burst is available again.
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
