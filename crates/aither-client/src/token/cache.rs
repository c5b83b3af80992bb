//! The token that a client holds, kept fresh.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use freshness::{Cell, Clock, Generation, Held, Load, Loaded, Policy};

use super::{Token, TokenError, TokenSource, TokenUnavailable};
use crate::metrics::{Event, Metrics};

/// A [`TokenSource`] behind a [`freshness::Cell`].
///
/// A fresh token is returned immediately, without a lock or a request. An aging token is returned, and one renewal starts
/// in the background. When the token has expired, all callers wait for one request to the issuer. A failed renewal does
/// not affect a token that is still valid.
///
/// Clones share the token. Every client has a cache; make another one to send requests by other means:
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
/// use aither_client::{StaticServiceKey, TokenCache};
/// use aither_client::freshness::{Policy, SystemClock};
///
/// let source = StaticServiceKey::parse("hk_test_1")?;
/// let cache = TokenCache::new(Arc::new(source), Policy::default(), Arc::new(SystemClock));
/// let held = cache.token().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TokenCache {
    cell: Cell<FromSource>,
    source: Arc<dyn TokenSource>,
}

#[derive(Debug)]
struct FromSource {
    source: Arc<dyn TokenSource>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
}

impl Load for FromSource {
    type Value = Token;
    type Error = TokenError;

    async fn load(&self) -> Result<Loaded<Token>, TokenError> {
        let event = |outcome, took| Event::TokenRequest { outcome, took };
        let timed = self.metrics.time(&*self.clock, event);
        let result = self.source.token().await;
        timed.end(outcome(&result));
        let token = result?;
        let lifetime = token.lifetime();
        Ok(Loaded {
            value: token,
            lifetime,
        })
    }

    fn wait_after(&self, error: &TokenError) -> Option<Duration> {
        error.retry_after()
    }

    fn what(&self) -> &'static str {
        "token for Hemera"
    }
}

/// How a request for a token ended, in one word.
fn outcome(result: &Result<Token, TokenError>) -> &'static str {
    match result {
        Ok(token) if token.lifetime().is_none() => "static",
        Ok(token) if token.is_from_store() => "shared",
        Ok(_) => "minted",
        Err(error) if error.is_transient() => "transient",
        Err(_) => "permanent",
    }
}

impl TokenCache {
    /// A cache that asks `source` when a token is first needed. Starts no task and sends no request.
    pub fn new(source: Arc<dyn TokenSource>, policy: Policy, clock: Arc<dyn Clock>) -> Self {
        Self::counted(source, policy, clock, Metrics::default())
    }

    /// The same, and its requests are counted in `metrics`.
    pub(crate) fn counted(
        source: Arc<dyn TokenSource>,
        policy: Policy,
        clock: Arc<dyn Clock>,
        metrics: Metrics,
    ) -> Self {
        let load = FromSource {
            source: Arc::clone(&source),
            clock: Arc::clone(&clock),
            metrics,
        };
        Self {
            cell: Cell::new(load, policy, clock),
            source,
        }
    }

    /// When the session ends that an operator has enrolled this host for ([`TokenSource::enrolment_ends_at`]).
    pub fn enrolment_ends_at(&self) -> Option<SystemTime> {
        self.source.enrolment_ends_at()
    }

    /// A valid token, with the generation to pass to [`invalidate`](Self::invalidate) if Hemera refuses it.
    pub async fn token(&self) -> Result<Held<Token>, TokenUnavailable> {
        self.cell.get().await.map_err(TokenUnavailable::new)
    }

    /// The current token, if it is valid. Never waits and sends no request.
    pub fn peek(&self) -> Option<Held<Token>> {
        self.cell.peek()
    }

    /// Fetches a token before the first call needs it. After a failure, the first call after the cool-down asks again.
    pub async fn warm(&self) -> Result<(), TokenUnavailable> {
        self.token().await.map(drop)
    }

    /// Drops the token of this generation, because Hemera refused it, and informs the source. A newer token stays, so a 401
    /// that arrives late does no harm.
    pub fn invalidate(&self, generation: Generation) {
        if let Some(held) = self.peek().filter(|held| held.generation == generation) {
            self.source.refused(&held.value);
        }
        self.cell.invalidate(generation);
    }

    /// Drops the token, and ends what the source has opened at its issuer ([`TokenSource::sign_out`]).
    pub async fn sign_out(&self) -> Result<(), TokenError> {
        self.drop_token();
        self.source.sign_out().await
    }

    /// Drops the token, and ends what this process alone has opened at its issuer ([`TokenSource::close`]).
    pub async fn close(&self) -> Result<(), TokenError> {
        self.drop_token();
        self.source.close().await
    }

    fn drop_token(&self) {
        if let Some(held) = self.peek() {
            self.cell.invalidate(held.generation);
        }
    }
}
