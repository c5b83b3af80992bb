//! Building a client.

use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock, Policy, Sleep, SystemClock, TokioSleep};
use network::{Network, Proxy, RootCertificates};

use crate::base_url::BaseUrl;
use crate::circuit::{Circuit, CircuitPolicy};
use crate::client::HemeraClient;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::pipeline::Pipeline;
use crate::response_cache::{ResponseCache, ResponseCacheLimits};
use crate::retry::{Retries, RetryBudget, RetryLimits};
use crate::send;
use crate::throttle::{Pace, Throttle};
use crate::token::{SourceSpec, Time, TokenCache, TokenSource};

/// Builds a [`HemeraClient`]. Everything except the address and the token source has a default.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct HemeraClientBuilder {
    base_url: BaseUrl,
    source: SourceSpec,
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
    network: Network,
}

impl HemeraClient {
    /// A builder for a client of the Hemera at `base_url`, with tokens from `source`.
    pub fn builder(base_url: BaseUrl, source: impl TokenSource) -> HemeraClientBuilder {
        HemeraClientBuilder::new(base_url, SourceSpec::Given(Arc::new(source)))
    }
}

impl HemeraClientBuilder {
    pub(crate) fn new(base_url: BaseUrl, source: SourceSpec) -> Self {
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
            network: Network::default(),
        }
    }

    /// How long a call may take, including all its attempts, waits and token requests. 30 s by default.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How long one attempt may take, from sending it to the end of its response. 10 s by default.
    pub fn with_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How often a call is sent at most, including the first time. 4 by default; 1 never retries, except once after a 401
    /// and once after a 304 that does not confirm the cached response.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.limits.max_attempts = attempts;
        self
    }

    /// The longest `Retry-After` that a call waits for; a longer one ends the call with an error that contains it. One
    /// minute by default, and never beyond the deadline.
    pub fn with_longest_retry_after(mut self, wait: Duration) -> Self {
        self.limits.longest_retry_after = wait;
        self
    }

    /// How fast calls are sent at most. 96 a minute and 16 in a row by default, which is within what Hemera admits for the
    /// service user. If Hemera announces less with its responses, that applies instead.
    pub fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = Some(pace);
        self
    }

    /// Sends as fast as Hemera's responses announce; before the first response, without a limit.
    pub fn without_pace(mut self) -> Self {
        self.pace = None;
        self
    }

    /// How many attempts may be retries. One for five calls, in addition to ten a minute, by default.
    pub fn with_retry_budget(mut self, budget: RetryBudget) -> Self {
        self.retry_budget = Some(budget);
        self
    }

    /// Each call is retried up to its maximum of attempts, however many other calls fail at the same time.
    pub fn without_retry_budget(mut self) -> Self {
        self.retry_budget = None;
        self
    }

    /// When calls are not sent because Hemera keeps failing, and how long they wait then. By default after five failures in a
    /// row, for one second at first and 30 seconds at most, and a new call waits up to two seconds.
    pub fn with_circuit(mut self, policy: CircuitPolicy) -> Self {
        self.circuit = Some(policy);
        self
    }

    /// Every call is sent, however often earlier calls have failed.
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

    /// When tokens are renewed, and how failed token requests are spaced.
    pub fn with_token_policy(mut self, policy: Policy) -> Self {
        self.token_policy = policy;
        self
    }

    pub(crate) const fn token_policy(&self) -> &Policy {
        &self.token_policy
    }

    /// Sends everything through this proxy, to Hemera and, for a token source from the settings, to Clerk. A source that was
    /// passed in has a [`Network`] of its own. Requests to this machine itself never go through a proxy, and neither do those
    /// to hosts that `NO_PROXY` names. By default `HTTPS_PROXY` and `ALL_PROXY` of the environment say which proxy to use.
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.network = self.network.with_proxy(proxy);
        self
    }

    /// Sends nothing through a proxy, whatever the environment says.
    pub fn without_proxy(mut self) -> Self {
        self.network = self.network.without_proxy();
        self
    }

    /// Trusts these authorities beside those of the system: for Hemera, for a proxy, and, for a token source from the
    /// settings, for Clerk.
    pub fn with_root_certificates(mut self, roots: RootCertificates) -> Self {
        self.network = self.network.with_root_certificates(roots);
        self
    }

    pub(crate) fn with_network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// The clock for deadlines, pace, circuit and token lifetimes: the system's by default. A token source from the settings
    /// uses it, too; a source that was passed in has its own clock.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The timer for waits between attempts and at the pacing gate: Tokio's by default.
    pub fn with_sleep(mut self, sleep: impl Sleep) -> Self {
        self.sleep = Arc::new(sleep);
        self
    }

    /// Builds the client. Sends nothing yet; fails only if TLS cannot be set up on this machine, for example because it has no certificates
    /// of authorities.
    pub fn build(self) -> Result<HemeraClient, Error> {
        let http = send::connections(&self.base_url, &self.network).map_err(Error::setup)?;
        let time = Time {
            clock: Arc::clone(&self.clock),
            sleep: Arc::clone(&self.sleep),
        };
        let source = self.source.build(&time, &self.network).map_err(Error::setup)?;
        let metrics = Metrics::default();
        let tokens = TokenCache::counted(
            source,
            self.token_policy,
            Arc::clone(&self.clock),
            metrics.clone(),
        );
        let pipeline = Pipeline {
            http,
            tokens,
            circuit: Circuit::new(self.circuit, Arc::clone(&self.clock), metrics.clone()),
            throttle: Throttle::new(self.pace, Arc::clone(&self.clock), Arc::clone(&self.sleep)),
            retries: Retries::new(self.retry_budget, Arc::clone(&self.clock)),
            clock: self.clock,
            sleep: self.sleep,
            limits: self.limits,
            deadline: self.deadline,
            attempt_timeout: self.attempt_timeout,
            response_cache: self.response_cache.map(ResponseCache::new),
            metrics,
        };
        Ok(HemeraClient::new(self.base_url, pipeline))
    }
}
