//! What a decision takes from a caller's burst.

use std::time::Duration;

use super::rate::Rate;

/// What a decision takes from a caller's burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// Taken, where there is room for all of it, in requests.
    pub(super) taken: u32,
    /// Given back, where there is not: what was taken for the same request before, less its age. More might have been
    /// forgotten by itself, and would be given back twice.
    pub(super) given_back: Duration,
    /// What the request takes as a whole, in requests.
    pub(super) whole: u32,
}

impl Cost {
    /// A request that counts as one.
    pub(super) const ONE: Self = Self {
        taken: 1,
        given_back: Duration::ZERO,
        whole: 1,
    };

    /// The rest of a request that counts as `weight`, of which one was taken so long ago. It never counts as more than the
    /// burst, or it would never be admitted.
    pub(super) fn rest_of(weight: u32, rate: &Rate, ago: Duration) -> Self {
        let whole = weight.clamp(1, rate.quota.burst.get());
        Self {
            taken: whole - 1,
            given_back: rate.interval().saturating_sub(ago),
            whole,
        }
    }

    /// The same where what was taken before was taken elsewhere.
    pub(super) fn without_refund(self) -> Self {
        Self {
            given_back: Duration::ZERO,
            ..self
        }
    }
}
