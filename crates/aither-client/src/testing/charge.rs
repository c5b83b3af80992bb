//! What a request counts in the rate limit, beyond the one that every request counts.

use std::time::Duration;

use hemera_types::ErrorCode;

use super::error_answer::ErrorAnswer;
use super::limits::{Counted, LimitDecision};
use super::state::HemeraState;

/// The count of a request that was admitted as one.
#[derive(Debug)]
pub(super) struct Charge<'a> {
    pub(super) counted: Counted,
    /// When the one was counted, by the monotonic clock.
    pub(super) counted_at: Duration,
    /// The latest decision.
    pub(super) decision: &'a mut LimitDecision,
}

impl Charge<'_> {
    /// Counts the request as `weight` requests, of which one is counted already: all of the rest or nothing.
    pub(super) fn raise_to(self, hemera: &HemeraState, weight: u32) -> Result<(), ErrorAnswer> {
        let now = hemera.clock.now().monotonic;
        let age = now.saturating_sub(self.counted_at);
        *self.decision = hemera.limiter.raise(&self.counted, weight, age, now);
        self.decision.retry_in.map_or(Ok(()), |wait| {
            Err(ErrorAnswer::wait(ErrorCode::RateLimited, wait))
        })
    }
}
