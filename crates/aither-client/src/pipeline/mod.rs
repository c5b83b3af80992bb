//! What happens to a call, in this order: one deadline around all of it, and for each attempt the
//! circuit, the pacing gate, the token, the exchange, its classification, and the decision to try again.

mod admission;
mod again;
mod exchange;
mod recall;

use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock, Sleep};
use hemera_types::RequestId;
use tracing::Instrument as _;

use crate::call::Call;
use crate::circuit::Circuit;
use crate::error::Error;
use crate::response_cache::{CacheKey, ResponseCache};
use crate::retry::{Retries, RetryLimits};
use crate::send::HttpResponse;
use crate::throttle::Throttle;
use crate::token::TokenCache;
use exchange::Exchange;

/// Everything that the calls of a client share.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) http: reqwest::Client,
    pub(crate) tokens: TokenCache,
    pub(crate) circuit: Circuit,
    pub(crate) throttle: Throttle,
    pub(crate) retries: Retries,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sleep: Arc<dyn Sleep>,
    pub(crate) limits: RetryLimits,
    /// For a whole call.
    pub(crate) deadline: Duration,
    /// For one attempt, where the deadline leaves that much.
    pub(crate) attempt_timeout: Duration,
    /// `None` caches nothing.
    pub(crate) response_cache: Option<ResponseCache>,
}

/// A success that is not decoded yet.
#[derive(Debug)]
pub(crate) struct RawSuccess {
    pub(crate) response: HttpResponse,
    pub(crate) attempts: u32,
    /// The key to cache it under, if it may be cached.
    key: Option<CacheKey>,
}

impl Pipeline {
    /// Carries a call out. A success is returned unread; everything else is an error.
    pub(crate) async fn run(&self, call: &Call, request_id: &RequestId) -> Result<RawSuccess, Error> {
        let span = tracing::debug_span!(
            "aither_client.call.run",
            operation = %call.operation,
            request.id = %request_id,
        );
        let mut exchange = Exchange::new(self, call, request_id);
        let result = exchange.run().instrument(span).await;
        let attempts = exchange.attempts;
        match result {
            Ok((response, key)) => Ok(RawSuccess {
                response,
                attempts,
                key,
            }),
            Err(error) => Err(error.with_time_spent(exchange.deadline.spent()).of_call(
                call.operation,
                request_id.clone(),
                attempts,
            )),
        }
    }
}
