//! How a client is put together.

use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock, Policy, Sleep, SystemClock, TokioSleep};
use parking_lot::Mutex;

use crate::base_url::BaseUrl;
use crate::client::HemeraClient;
use crate::error::Error;
use crate::pipeline::Pipeline;
use crate::retry::Limits;
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
    limits: Limits,
    pace: Option<Pace>,
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
            limits: Limits {
                max_attempts: 4,
                longest_retry_after: Duration::from_mins(1),
            },
            pace: Some(Pace::default()),
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
    /// except once after a 401.
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

    /// How fast to ask. 96 a minute, 16 at once by default: within what Hemera admits to the service
    /// user.
    pub fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = Some(pace);
        self
    }

    /// Asks as fast as it is called, and meets the server's limit instead of its own.
    pub fn without_pace(mut self) -> Self {
        self.pace = None;
        self
    }

    /// When tokens are renewed and how attempts to get one are spaced.
    pub fn with_token_policy(mut self, policy: Policy) -> Self {
        self.token_policy = policy;
        self
    }

    /// The clock that deadlines, pace and token lives are measured on: the machine's by default. A source that the
    /// settings describe lives by it too; one that was handed over has a clock of its own.
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
        let throttle = self
            .pace
            .map(|pace| Throttle::new(pace, Arc::clone(&self.clock), Arc::clone(&self.sleep)));
        let source = self.source.make(&Time {
            clock: Arc::clone(&self.clock),
        });
        let tokens = TokenCache::new(source, self.token_policy, Arc::clone(&self.clock));
        let pipeline = Pipeline {
            http,
            tokens,
            throttle,
            clock: self.clock,
            sleep: self.sleep,
            limits: self.limits,
            deadline: self.deadline,
            attempt_timeout: self.attempt_timeout,
            rate_limit: Mutex::new(None),
        };
        Ok(HemeraClient::new(self.base_url, pipeline))
    }
}
