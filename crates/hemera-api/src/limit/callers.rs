//! Callers with the same quota, each counted on its own in this server's memory.

use std::fmt;
use std::sync::Arc;

use governor::RateLimiter;
use governor::clock::Clock as _;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use permissions::Role;

use super::clock::LimitClock;
use super::decision::Decision;
use super::rate::Rate;

/// One caller in one role: a caller whose role changes starts with a full burst.
pub(super) type CallerKey = (Role, Arc<str>);

pub(super) struct Callers {
    rate: Rate,
    limiter: RateLimiter<CallerKey, DashMapStateStore<CallerKey>, LimitClock, StateInformationMiddleware>,
    clock: LimitClock,
}

impl Callers {
    pub(super) fn new(rate: Rate, clock: LimitClock) -> Self {
        let limiter = RateLimiter::dashmap_with_clock(rate.governor(), clock.clone()).with_middleware();
        Self { rate, limiter, clock }
    }

    /// Counts one request, and returns whether it is admitted.
    pub(super) fn check(&self, key: &CallerKey) -> Decision {
        match self.limiter.check_key(key) {
            Ok(state) => Decision::admitted(self.rate, state.remaining_burst_capacity()),
            Err(until) => Decision::refused(self.rate, until.wait_time_from(self.clock.now())),
        }
    }

    /// Counts one request that was admitted elsewhere. A count that is full already stays full.
    pub(super) fn charge(&self, key: &CallerKey) {
        let _ = self.limiter.check_key(key);
    }

    /// Forgets the callers whose full burst is available again.
    pub(super) fn sweep(&self) {
        self.limiter.retain_recent();
    }
}

impl fmt::Debug for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callers")
            .field("rate", &self.rate)
            .field("known", &self.limiter.len())
            .finish_non_exhaustive()
    }
}
