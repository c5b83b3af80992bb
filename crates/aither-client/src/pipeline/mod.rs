//! The way of a call, in this order: one deadline around all of it, and for each attempt the circuit, the pacing gate, the
//! token, the request, its classification, and the decision whether to send it again.
//!
//! `state` holds what the phases work on, `admission` is what happens before an attempt is sent, `attempts` sends it and
//! decides what follows.

mod admission;
mod attempts;
mod state;

use http::StatusCode;
use tracing::Instrument as _;

use crate::call::{Call, CallIds};
use crate::call_options::CallOptions;
use crate::error::Error;
use crate::metrics::Event;
use crate::response::CallInfo;
use crate::response_cache::CacheKey;
use crate::send::HttpResponse;
use crate::time_spent::TimeSpent;
use attempts::Accepted;
use state::CallState;

pub(crate) use state::Pipeline;

/// A success that is not decoded yet.
#[derive(Debug)]
pub(crate) struct RawSuccess {
    pub(crate) response: HttpResponse,
    pub(crate) attempts: u32,
    pub(crate) time_spent: TimeSpent,
    /// Whether the body is that of the response cache, confirmed by a 304.
    is_confirmed: bool,
    /// The key to cache it under, if it may be cached.
    key: Option<CacheKey>,
}

impl RawSuccess {
    /// Whether it came with a body that the response cache has not.
    pub(crate) fn is_new(&self) -> bool {
        !self.is_confirmed && self.response.status == StatusCode::OK
    }

    /// What the call took.
    pub(crate) fn info(&self, ids: &CallIds) -> CallInfo {
        CallInfo {
            request_id: ids.request_id.clone(),
            trace_id: ids.trace.trace_id(),
            attempts: self.attempts,
            time_spent: self.time_spent,
        }
    }
}

impl Pipeline {
    /// Executes a call. A success is returned undecoded; everything else is an error.
    pub(crate) async fn run(
        &self,
        call: &Call,
        ids: &CallIds,
        options: &CallOptions,
    ) -> Result<RawSuccess, Error> {
        let span = tracing::debug_span!(
            "aither_client.call.run",
            operation = %call.operation,
            request.id = %ids.request_id,
            trace_id = %ids.trace.trace_id(),
        );
        let mut state = CallState::new(self, call, ids, options);
        let result = attempts::run(self, &mut state).instrument(span).await;
        let (attempts, time_spent) = (state.attempts, state.deadline.spent());
        self.metrics.note(Event::Waited {
            pace: time_spent.pacing,
            token: time_spent.token,
            retry: time_spent.retries,
        });
        match result {
            Ok(Accepted {
                response,
                is_confirmed,
                key,
            }) => Ok(RawSuccess {
                response,
                attempts,
                time_spent,
                is_confirmed,
                key,
            }),
            Err(error) => {
                let error = error.with_time_spent(time_spent);
                Err(error.of_call(call.operation, ids, attempts))
            }
        }
    }

    /// Caches a response that could be decoded, if it is new.
    pub(crate) fn cache(&self, raw: &RawSuccess) {
        if let (Some(cache), Some(key), true) = (&self.response_cache, &raw.key, raw.is_new()) {
            cache.store(key.clone(), &raw.response);
        }
    }

    /// Removes a response that could not be decoded, so that it is sent in full the next time.
    pub(crate) fn remove_cached(&self, raw: &RawSuccess) {
        if let (Some(cache), Some(key)) = (&self.response_cache, &raw.key) {
            cache.remove(key);
        }
    }
}
