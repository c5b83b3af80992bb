//! The limit of failed authentications per client address.
//!
//! Its memory is bounded: an address is counted in one of 65,536 cells, chosen by a keyed hash that an attacker cannot
//! predict. Two addresses in one cell share its quota, and only for requests whose credentials fail.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::time::Duration;

use governor::RateLimiter;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;

use super::clock::LimitClock;
use super::network::network;
use super::rate::Rate;

/// The cell that an address is counted in.
type CellIndex = u16;

pub(super) struct FailedAuthentications {
    limiter: RateLimiter<CellIndex, DashMapStateStore<CellIndex>, LimitClock, NoOpMiddleware<Duration>>,
    hasher: RandomState,
    clock: LimitClock,
}

impl FailedAuthentications {
    pub(super) fn new(rate: &Rate, clock: LimitClock) -> Self {
        let limiter = RateLimiter::dashmap_with_clock(rate.governor(), clock.clone());
        Self {
            limiter,
            hasher: RandomState::new(),
            clock,
        }
    }

    /// Counts one failure.
    ///
    /// # Errors
    /// How long the address has to wait, if it is over its limit.
    pub(super) fn count(&self, client: Option<IpAddr>) -> Result<(), Duration> {
        self.limiter
            .check_key(&self.cell_of(client))
            .map_err(|until| until.wait_time_from(self.clock.now()))
    }

    pub(super) fn sweep(&self) {
        self.limiter.retain_recent();
    }

    fn cell_of(&self, client: Option<IpAddr>) -> CellIndex {
        let hash = self.hasher.hash_one(client.map(network));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "any 16 bits of a hash serve equally well"
        )]
        let cell = hash as CellIndex;
        cell
    }
}

impl fmt::Debug for FailedAuthentications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedAuthentications")
            .field("cells", &self.limiter.len())
            .finish_non_exhaustive()
    }
}
