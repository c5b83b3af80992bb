//! How often a caller may ask, and how often an address may fail to prove itself.
//!
//! GCRA per (role, subject): a caller may send its burst at once and its rate in the long run, so at most limit +
//! burst in any window. Keys are proven callers; idle ones are forgotten by a sweep that the app owns.

mod clock;
mod decision;
mod failed_auth;
mod rate;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use freshness::Clock;
use governor::RateLimiter;
use governor::clock::Clock as _;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use hemera_types::ErrorCode;
use permissions::Role;

pub(crate) use self::decision::Decision;

use self::clock::LimitClock;
use self::failed_auth::FailedAuthentications;
use self::rate::Rate;
use crate::auth::Caller;
use crate::config::LimitsConfig;
use crate::error::ApiError;

/// One caller in one role: who changes the role starts afresh.
type Key = (Role, Arc<str>);

/// All limits of the server.
#[derive(Debug)]
pub(crate) struct Limiter {
    api_client: Callers,
    admin: Callers,
    failed: FailedAuthentications,
}

/// The callers that share a quota, each with its own count.
struct Callers {
    rate: Rate,
    limiter: RateLimiter<Key, DashMapStateStore<Key>, LimitClock, StateInformationMiddleware>,
    clock: LimitClock,
}

impl Limiter {
    pub(crate) fn new(config: &LimitsConfig, clock: &Arc<dyn Clock>) -> Self {
        let clock = LimitClock(Arc::clone(clock));
        let rate = |quota| Rate {
            quota,
            window: config.window,
        };
        Self {
            api_client: Callers::new(rate(config.api_client), clock.clone()),
            admin: Callers::new(rate(config.admin), clock.clone()),
            failed: FailedAuthentications::new(&rate(config.failed_auth), clock),
        }
    }

    /// Counts one request of a proven caller. Roles without a quota of their own have the smaller one: they are
    /// refused afterwards, but not as often as they like.
    pub(crate) fn check(&self, caller: &Caller) -> Decision {
        let callers = if caller.role == Role::Admin {
            &self.admin
        } else {
            &self.api_client
        };
        callers.check(&(caller.role, Arc::clone(&caller.subject)))
    }

    /// Counts one failed authentication. Over its limit, an address is told to wait instead of what failed.
    pub(crate) fn note_failed_authentication(
        &self,
        client: Option<IpAddr>,
        failure: &ApiError,
    ) -> Result<(), ApiError> {
        self.failed.note(client).map_err(|wait| {
            let limited = ApiError::new(ErrorCode::RateLimited).with_retry_after(wait);
            match failure.reason() {
                Some(reason) => limited.with_reason(reason),
                None => limited,
            }
        })
    }

    /// Forgets callers and addresses whose full burst is back: they are as good as new.
    pub(crate) fn sweep(&self) {
        self.api_client.limiter.retain_recent();
        self.admin.limiter.retain_recent();
        self.failed.sweep();
    }
}

impl Callers {
    fn new(rate: Rate, clock: LimitClock) -> Self {
        let limiter = RateLimiter::dashmap_with_clock(rate.governor(), clock.clone()).with_middleware();
        Self { rate, limiter, clock }
    }

    fn check(&self, key: &Key) -> Decision {
        let rate = self.rate;
        let interval = rate.interval();
        match self.limiter.check_key(key) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                // Rounded up to a whole request: at that time the full burst is back for certain.
                let full_in = interval * rate.quota.burst.get().saturating_sub(remaining);
                Decision {
                    rate,
                    remaining,
                    full_in,
                    retry_in: None,
                }
            }
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now());
                let full_in = wait + interval * (rate.quota.burst.get() - 1);
                Decision {
                    rate,
                    remaining: 0,
                    full_in,
                    retry_in: Some(wait),
                }
            }
        }
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
