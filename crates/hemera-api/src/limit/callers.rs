//! The callers that share a quota, each with a count of its own in this server's memory.

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

/// One caller in one role: who changes the role starts afresh.
pub(super) type Key = (Role, Arc<str>);

pub(super) struct Callers {
    rate: Rate,
    limiter: RateLimiter<Key, DashMapStateStore<Key>, LimitClock, StateInformationMiddleware>,
    clock: LimitClock,
}

impl Callers {
    pub(super) fn new(rate: Rate, clock: LimitClock) -> Self {
        let limiter = RateLimiter::dashmap_with_clock(rate.governor(), clock.clone()).with_middleware();
        Self { rate, limiter, clock }
    }

    /// Counts one request, and says whether it is admitted.
    pub(super) fn check(&self, key: &Key) -> Decision {
        match self.limiter.check_key(key) {
            Ok(state) => Decision::admitted(self.rate, state.remaining_burst_capacity()),
            Err(until) => Decision::refused(self.rate, until.wait_time_from(self.clock.now())),
        }
    }

    /// Counts one request that was admitted elsewhere, as far as there is room: a count that is full stays full.
    pub(super) fn charge(&self, key: &Key) {
        let _ = self.limiter.check_key(key);
    }

    /// Forgets the callers whose full burst is back: they are as good as new.
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
