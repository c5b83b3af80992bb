//! What a decision takes from a caller's burst.

use super::rate::Rate;

/// What a decision takes from a caller's burst, in requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// Taken, where there is room for all of it.
    pub(super) taken: u32,
    /// Given back, where there is not: what was taken for the same request before.
    pub(super) given_back: u32,
    /// What the request takes as a whole.
    pub(super) whole: u32,
}

impl Cost {
    /// A request that counts as one.
    pub(super) const ONE: Self = Self {
        taken: 1,
        given_back: 0,
        whole: 1,
    };

    /// The rest of a request that counts as `weight`, of which one was taken before. It never counts as more than the
    /// burst, or it would never be admitted.
    pub(super) fn rest_of(weight: u32, rate: &Rate) -> Self {
        let whole = weight.clamp(1, rate.quota.burst.get());
        Self {
            taken: whole - 1,
            given_back: 1,
            whole,
        }
    }

    /// The same where what was taken before was taken elsewhere.
    pub(super) fn without_refund(self) -> Self {
        Self {
            given_back: 0,
            ..self
        }
    }
}
