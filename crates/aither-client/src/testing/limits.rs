//! Rate limits: GCRA for each caller, and for failed authentications, by the clock of the in-memory Hemera.

use std::collections::HashMap;
use std::time::Duration;

use hemera_types::{Role, bounds};
use parking_lot::Mutex;

/// The limits of an in-memory Hemera: requests in a window in the long run, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it does nothing until it is given to a builder"]
pub struct RateLimits {
    window: Duration,
    api_client: Quota,
    admin: Quota,
    failed_authentications: Quota,
}

/// A number of requests in a window, and a number without a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    pub(super) rate: u32,
    pub(super) burst: u32,
}

impl Default for RateLimits {
    /// The contract's: 100 a minute and 20 at once; for admins 200 and 40. 30 failed authentications a minute.
    fn default() -> Self {
        let quota = |rate, burst| Quota { rate, burst };
        Self {
            window: bounds::RATE_WINDOW,
            api_client: quota(bounds::API_CLIENT_RATE, bounds::API_CLIENT_BURST),
            admin: quota(bounds::ADMIN_RATE, bounds::ADMIN_BURST),
            failed_authentications: quota(30, 30),
        }
    }
}

impl RateLimits {
    /// So much that no test meets it: a million in a window, and at once.
    pub fn none() -> Self {
        const MANY: u32 = 1_000_000;
        Self {
            failed_authentications: Quota {
                rate: MANY,
                burst: MANY,
            },
            ..Self::default().with_api_client(MANY, MANY).with_admin(MANY, MANY)
        }
    }

    /// The window of the rates; at least a microsecond.
    pub fn with_window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// Of callers with the role `api-client`: `rate` requests in a window, `burst` at once; each at least 1.
    pub fn with_api_client(mut self, rate: u32, burst: u32) -> Self {
        self.api_client = Quota::of(rate, burst);
        self
    }

    /// Of callers with the role `admin`.
    pub fn with_admin(mut self, rate: u32, burst: u32) -> Self {
        self.admin = Quota::of(rate, burst);
        self
    }

    /// Of requests whose credential is refused.
    pub fn with_failed_authentications(mut self, rate: u32, burst: u32) -> Self {
        self.failed_authentications = Quota::of(rate, burst);
        self
    }

    fn quota_of(&self, counted: &Counted) -> Quota {
        match counted {
            Counted::Caller(Role::Admin, _) => self.admin,
            Counted::Caller(..) => self.api_client,
            Counted::FailedAuthentication => self.failed_authentications,
        }
    }
}

impl Quota {
    fn of(rate: u32, burst: u32) -> Self {
        Self {
            rate: rate.max(1),
            burst: burst.max(1),
        }
    }
}

/// What is counted on its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Counted {
    /// The requests of a subject in a role.
    Caller(Role, String),
    /// The refused credentials. Every caller comes from this machine, so they are counted together.
    FailedAuthentication,
}

/// The limits, and when the full burst of each is available again, by the monotonic clock.
#[derive(Debug)]
pub(super) struct Limiter {
    limits: RateLimits,
    full_at: Mutex<HashMap<Counted, Duration>>,
}

impl Limiter {
    pub(super) fn new(limits: RateLimits) -> Self {
        Self {
            limits,
            full_at: Mutex::default(),
        }
    }

    /// Counts one request, if the burst has room for it at `now`.
    pub(super) fn check(&self, counted: &Counted, now: Duration) -> LimitDecision {
        let cost = Cost {
            more: 1,
            whole: 1,
            counted_ago: None,
        };
        self.take(counted, cost, now)
    }

    /// Counts the rest of a request that counts as `weight` requests, but never as more than the burst, and of which one was
    /// counted `ago`. Where there is no room for the rest, that one is given back, less its age.
    pub(super) fn raise(
        &self,
        counted: &Counted,
        weight: u32,
        ago: Duration,
        now: Duration,
    ) -> LimitDecision {
        let weight = weight.clamp(1, self.limits.quota_of(counted).burst);
        let cost = Cost {
            more: weight - 1,
            whole: weight,
            counted_ago: Some(ago),
        };
        self.take(counted, cost, now)
    }

    fn take(&self, counted: &Counted, cost: Cost, now: Duration) -> LimitDecision {
        let mut all = self.full_at.lock();
        let full_at = all.entry(counted.clone()).or_default();
        let mut decision = LimitDecision {
            quota: self.limits.quota_of(counted),
            window: self.limits.window,
            full_in: full_at.saturating_sub(now),
            retry_in: None,
        };
        let (interval, burst_window) = (decision.interval(), decision.burst_window());
        let taken = decision.full_in.min(burst_window);
        let wanted = taken + interval * cost.more;
        if wanted > burst_window {
            let given_back = cost.counted_ago.map(|ago| interval.saturating_sub(ago));
            decision.full_in = taken.saturating_sub(given_back.unwrap_or_default());
            let whole = interval * cost.whole;
            decision.retry_in = Some((decision.full_in + whole).saturating_sub(burst_window));
        } else {
            decision.full_in = wanted;
        }
        *full_at = now + decision.full_in;
        decision
    }
}

/// What a decision takes from a burst.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// Requests to be counted now.
    more: u32,
    /// What the request counts as a whole.
    whole: u32,
    /// When one of the whole was counted already: it is given back where there is no room for the rest.
    counted_ago: Option<Duration>,
}

/// Whether requests are admitted, and what is left then.
#[derive(Clone, Copy, Debug)]
pub(super) struct LimitDecision {
    pub(super) quota: Quota,
    pub(super) window: Duration,
    /// The time until the full burst is available again.
    pub(super) full_in: Duration,
    /// Where they were refused, the time until they would be admitted.
    pub(super) retry_in: Option<Duration>,
}

impl LimitDecision {
    /// The same as a refusal: nothing is left before `wait` has passed.
    pub(super) fn refused_for(mut self, wait: Duration) -> Self {
        self.full_in = self.burst_window();
        self.retry_in = Some(wait);
        self
    }

    /// The time after which one request no longer counts, in whole microseconds, rounded up.
    pub(super) fn interval(&self) -> Duration {
        let exact = self.window / self.quota.rate;
        let micros = exact.as_nanos().div_ceil(1_000).max(1);
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// The time from an empty burst to a full one.
    pub(super) fn burst_window(&self) -> Duration {
        self.interval() * self.quota.burst
    }

    /// How many requests more would be admitted now.
    pub(super) fn remaining(&self) -> u32 {
        let remaining = self.free().as_nanos() / self.interval().as_nanos();
        u32::try_from(remaining).unwrap_or(u32::MAX)
    }

    /// The time until one request more than [`remaining`](Self::remaining) is admitted.
    pub(super) fn next_in(&self) -> Duration {
        (self.interval() * (self.remaining() + 1)).saturating_sub(self.free())
    }

    fn free(&self) -> Duration {
        self.burst_window().saturating_sub(self.full_in)
    }
}
