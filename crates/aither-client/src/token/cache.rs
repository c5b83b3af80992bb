//! The token that a client holds, kept fresh.

use std::sync::Arc;
use std::time::Duration;

use freshness::{Cell, Clock, Generation, Held, Load, Loaded, Policy, Unavailable};

use super::{Token, TokenError, TokenSource};

/// A [`TokenSource`] behind a [`freshness::Cell`].
///
/// Fresh: returned at once, no lock, no network. Ageing: returned, and one renewal begins in the
/// background. Over: all callers wait for one request to the issuer. A renewal that fails takes
/// nothing away from a token that is still good.
///
/// Clones share the token. A client has one of its own; others are for those who send requests
/// by other means but want their tokens kept the same way:
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
/// use aither_client::{StaticServiceKey, TokenCache};
/// use freshness::{Policy, SystemClock};
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
struct FromSource(Arc<dyn TokenSource>);

impl Load for FromSource {
    type Value = Token;
    type Error = TokenError;

    async fn load(&self) -> Result<Loaded<Token>, TokenError> {
        let token = self.0.token().await?;
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

impl TokenCache {
    /// A cache that asks `source` when it is first needed. Starts no task and no request.
    pub fn new(source: Arc<dyn TokenSource>, policy: Policy, clock: Arc<dyn Clock>) -> Self {
        Self {
            cell: Cell::new(FromSource(Arc::clone(&source)), policy, clock),
            source,
        }
    }

    /// A valid token, with the generation to name when Hemera refuses it.
    pub async fn token(&self) -> Result<Held<Token>, Unavailable<TokenError>> {
        self.cell.get().await
    }

    /// The token at hand, if it is valid; never waits and asks nobody.
    pub fn peek(&self) -> Option<Held<Token>> {
        self.cell.peek()
    }

    /// Fetches a token before the first call needs it. A failure costs nothing: the first call after
    /// the cool-down asks again.
    pub async fn warm(&self) -> Result<(), Unavailable<TokenError>> {
        self.cell.warm().await
    }

    /// Hemera refused the token of this generation: it is not handed out again. A newer one is left
    /// alone, so a 401 that comes late does no harm. The source hears of it, too.
    pub fn invalidate(&self, generation: Generation) {
        if let Some(held) = self.peek().filter(|held| held.generation == generation) {
            self.source.refused(&held.value);
        }
        self.cell.invalidate(generation);
    }
}
