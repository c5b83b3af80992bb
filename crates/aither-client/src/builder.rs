//! How a client is put together.

use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock, Policy, Sleep, SystemClock, TokioSleep};

use crate::base_url::BaseUrl;
use crate::circuit::{Circuit, CircuitPolicy};
use crate::client::HemeraClient;
use crate::error::Error;
use crate::pipeline::Pipeline;
use crate::response_cache::{ResponseCache, ResponseCacheLimits};
use crate::retry::{Retries, RetryBudget, RetryLimits};
use crate::send;
use crate::throttle::{Pace, Throttle};
use crate::token::{Recipe, Time, TokenCache};

/// Builds a [`HemeraClient`]. Everything but the address and the token source has a default.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct HemeraClientBuilder {
    base_url: BaseUrl,
    source: Recipe,
    deadline: Duration,
    attempt_timeout: Duration,
    limits: RetryLimits,
    pace: Option<Pace>,
    retry_budget: Option<RetryBudget>,
    circuit: Option<CircuitPolicy>,
    response_cache: Option<ResponseCacheLimits>,
    token_policy: Policy,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
}

impl HemeraClientBuilder {
    pub(crate) fn new(base_url: BaseUrl, source: Recipe) -> Self {
        Self {
            base_url,
            source,
            deadline: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(10),
            limits: RetryLimits {
                max_attempts: 4,
                longest_retry_after: Duration::from_mins(1),
            },
            pace: Some(Pace::default()),
            retry_budget: Some(RetryBudget::default()),
            circuit: Some(CircuitPolicy::default()),
            response_cache: Some(ResponseCacheLimits::default()),
            token_policy: Policy::default(),
            clock: Arc::new(SystemClock),
            sleep: Arc::new(TokioSleep),
        }
    }

    /// How long a call may take, with all its attempts, waits and token requests. 30 s by default.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How long one attempt may take, from sending it to the end of its answer. 10 s by default.
    pub fn with_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How often a call is sent at most, the first time included. 4 by default; 1 never tries again,
    /// except once after a 401, and once after a 304 to something that was not asked.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.limits.max_attempts = attempts;
        self
    }

    /// The longest `Retry-After` that is waited for; a longer one ends the call with an error that
    /// carries it. One minute by default, and never beyond the deadline.
    pub fn with_longest_retry_after(mut self, wait: Duration) -> Self {
        self.limits.longest_retry_after = wait;
        self
    }

    /// How fast to ask at most. 96 a minute, 16 at once by default: within what Hemera admits to the
    /// service user. Where Hemera's answers announce less, they are what counts.
    pub fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = Some(pace);
        self
    }

    /// Asks as fast as Hemera's answers say it may. Until the first of them that is as fast as it is
    /// called.
    pub fn without_pace(mut self) -> Self {
        self.pace = None;
        self
    }

    /// How many attempts may be repetitions. One for five calls, besides ten a minute, by default.
    pub fn with_retry_budget(mut self, budget: RetryBudget) -> Self {
        self.retry_budget = Some(budget);
        self
    }

    /// Each call is tried again as often as it may be, however many others fail at the same time.
    pub fn without_retry_budget(mut self) -> Self {
        self.retry_budget = None;
        self
    }

    /// When calls end at once because Hemera keeps failing. By default after five failures in a row,
    /// for one second at first and half a minute at most.
    pub fn with_circuit(mut self, policy: CircuitPolicy) -> Self {
        self.circuit = Some(policy);
        self
    }

    /// Every call is sent, however often those before it have failed.
    pub fn without_circuit(mut self) -> Self {
        self.circuit = None;
        self
    }

    /// The limits of the response cache, which lets Hemera answer "not modified" instead of sending a response again. 256
    /// responses and 16 MiB by default. A cached response is never used without asking Hemera.
    pub fn with_response_cache(mut self, limits: ResponseCacheLimits) -> Self {
        self.response_cache = Some(limits);
        self
    }

    /// Caches no responses: Hemera sends every response in full.
    pub fn without_response_cache(mut self) -> Self {
        self.response_cache = None;
        self
    }

    /// When tokens are renewed and how attempts to get one are spaced.
    pub fn with_token_policy(mut self, policy: Policy) -> Self {
        self.token_policy = policy;
        self
    }

    /// The clock that deadlines, pace, circuit and token lives are measured on: the machine's by default. A source
    /// that the settings describe lives by it too; one that was handed over has a clock of its own.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// What waits between attempts and at the pacing gate: Tokio's timer by default.
    pub fn with_sleep(mut self, sleep: impl Sleep) -> Self {
        self.sleep = Arc::new(sleep);
        self
    }

    /// The client. Sends nothing yet; fails only where TLS cannot be set up on this machine.
    pub fn build(self) -> Result<HemeraClient, Error> {
        let http = send::connections(&self.base_url).map_err(Error::setup)?;
        let source = self.source.make(&Time {
            clock: Arc::clone(&self.clock),
            sleep: Arc::clone(&self.sleep),
        });
        let tokens = TokenCache::new(source, self.token_policy, Arc::clone(&self.clock));
        let pipeline = Pipeline {
            http,
            tokens,
            circuit: Circuit::new(self.circuit, Arc::clone(&self.clock)),
            throttle: Throttle::new(self.pace, Arc::clone(&self.clock), Arc::clone(&self.sleep)),
            retries: Retries::new(self.retry_budget, Arc::clone(&self.clock)),
            clock: self.clock,
            sleep: self.sleep,
            limits: self.limits,
            deadline: self.deadline,
            attempt_timeout: self.attempt_timeout,
            response_cache: self.response_cache.map(ResponseCache::new),
        };
        Ok(HemeraClient::new(self.base_url, pipeline))
    }
}
