//! The client: a cheap handle on the state that all calls share.

use std::fmt;
use std::sync::Arc;
#[cfg(feature = "prometheus")]
use std::sync::Weak;

use hemera_types::{Operation, Participation, RequestId, ResultUpdates, Success, TraceParent};
use serde::de::DeserializeOwned;
use url::Url;

use crate::base_url::BaseUrl;
use crate::call::{Call, CallIds};
use crate::call_options::CallOptions;
use crate::client_status::ClientStatus;
use crate::decode;
use crate::error::Error;
use crate::metrics::Event;
use crate::pipeline::{Pipeline, RawSuccess};
use crate::rate_limit::RateLimit;
use crate::response::{CallInfo, Response};
use crate::time_spent::TimeSpent;
use crate::token::{TokenCache, TokenError};
use crate::version::Version;

/// A client of Hemera's service API.
///
/// Cheap to clone. Clones share connections, token, pace, retry budget, circuit and response cache, so make one client per
/// process and clone it. Every method is one call: it is paced, carries a valid token, is retried if that can help, and
/// ends by the deadline.
#[derive(Clone)]
pub struct HemeraClient {
    pub(crate) shared: Arc<Shared>,
    /// The trace that all calls through this handle belong to. `None`: each begins one.
    trace: Option<TraceParent>,
    /// The options of all calls through this handle.
    options: CallOptions,
}

pub(crate) struct Shared {
    pub(crate) base_url: BaseUrl,
    pub(crate) pipeline: Pipeline,
}

impl HemeraClient {
    pub(crate) fn new(base_url: BaseUrl, pipeline: Pipeline) -> Self {
        Self {
            shared: Arc::new(Shared { base_url, pipeline }),
            trace: None,
            options: CallOptions::default(),
        }
    }

    /// A clone whose calls belong to the trace of `parent`: a span of the caller, for example the `traceparent` of a request
    /// that this program is answering.
    ///
    /// Every attempt carries a W3C `traceparent` with the trace id, under which Hemera logs and records the request, and with
    /// a span id of its own. A call outside any trace begins one, and [`CallInfo::trace_id`](crate::CallInfo::trace_id) says
    /// which. The flag `sampled` is passed on; a trace that this client begins is not sampled, because nothing exports its
    /// spans.
    ///
    /// ```no_run
    /// # use aither_client::{Error, HemeraClient};
    /// # use aither_client::hemera_types::{CourseQuery, TraceParent};
    /// # async fn answer(hemera: &HemeraClient, traceparent: &[u8]) -> Result<(), Error> {
    /// let hemera = match TraceParent::parse(traceparent) {
    ///     Some(parent) => hemera.in_trace(parent),
    ///     None => hemera.clone(),
    /// };
    /// let page = hemera.service_courses(&CourseQuery::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "the trace applies to the clone that this returns"]
    pub fn in_trace(&self, parent: TraceParent) -> Self {
        Self {
            trace: Some(parent),
            ..self.clone()
        }
    }

    /// A clone whose calls have these options instead of those of this handle. A trace stays.
    #[must_use = "the options apply to the clone that this returns"]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self {
            options,
            ..self.clone()
        }
    }

    /// What names a call through this handle, if the request has no names of its own. One of each for all attempts: the
    /// server's log then shows them as one.
    pub(crate) fn ids(&self, request_id: Option<RequestId>, trace: Option<TraceParent>) -> CallIds {
        let request_id = request_id.or_else(|| self.options.request_id.clone());
        let trace = trace.or(self.trace);
        CallIds {
            request_id: request_id.unwrap_or_else(RequestId::random),
            trace: trace.unwrap_or_else(TraceParent::begin),
        }
    }

    /// Sends a call until it succeeds or ends.
    pub(crate) async fn send(&self, call: &Call, ids: &CallIds) -> Result<RawSuccess, Error> {
        self.shared.pipeline.run(call, ids, &self.options).await
    }

    /// What all clones share, for a reader that does not keep them alive.
    #[cfg(feature = "prometheus")]
    pub(crate) fn downgrade(&self) -> Weak<Shared> {
        Arc::downgrade(&self.shared)
    }

    /// The address of Hemera.
    pub fn base_url(&self) -> &BaseUrl {
        &self.shared.base_url
    }

    /// The token cache of this client: to fetch a token before the first call ([`TokenCache::warm`]), or to see how long the
    /// current one is valid.
    pub fn tokens(&self) -> &TokenCache {
        &self.shared.pipeline.tokens
    }

    /// The rate limit that Hemera announced with its latest response. `None` before that.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.shared.pipeline.throttle.announced()
    }

    /// The current status of this client and all its clones: for operators, and for callers that want to slow down before
    /// they must.
    pub fn status(&self) -> ClientStatus {
        self.shared.pipeline.status()
    }

    /// Ends what this client has opened at the issuer of its tokens, and drops its token. It takes no longer than a call may.
    ///
    /// With `ticket` it ends the session at Clerk, which otherwise lives on without use until the instance's longest session
    /// lifetime is over (seven days by default); also one that is kept for the next process, and one that an earlier process
    /// has left there. Other sources have nothing to end: an enrolled session stays, because the next run needs it. A later
    /// call of this client or a clone signs in again.
    ///
    /// # Errors
    /// The session could not be ended. It ends by itself later, and this may be called again.
    pub async fn sign_out(&self) -> Result<(), Error> {
        self.signed_out(self.tokens().sign_out()).await
    }

    /// Like [`sign_out`](Self::sign_out), but a session that is kept for the next process stays. Call it at the end of a
    /// program that runs for a short time, after its calls.
    ///
    /// # Errors
    /// As [`sign_out`](Self::sign_out).
    pub async fn close(&self) -> Result<(), Error> {
        self.signed_out(self.tokens().close()).await
    }

    async fn signed_out(
        &self,
        signing_out: impl Future<Output = Result<(), TokenError>>,
    ) -> Result<(), Error> {
        let deadline = self.options.deadline.unwrap_or(self.shared.pipeline.deadline);
        let Ok(outcome) = tokio::time::timeout(deadline, signing_out).await else {
            let spent = TimeSpent {
                token: deadline,
                ..TimeSpent::default()
            };
            return Err(Error::out_of_time(deadline).with_time_spent(spent));
        };
        outcome.map_err(Error::not_signed_out)
    }

    /// Executes a read and decodes its response.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        operation: Operation,
        id: Option<&str>,
        query: &[(&'static str, String)],
    ) -> Result<Decoded<T>, Error> {
        let call = Call::read(operation, self.url_of(operation, id, query));
        self.execute(&call).await
    }

    /// The URL of an operation.
    pub(crate) fn url_of(
        &self,
        operation: Operation,
        id: Option<&str>,
        query: &[(&'static str, String)],
    ) -> Url {
        let mut url = self.shared.base_url.join(&operation.path(id));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Executes one call and decodes its response.
    pub(crate) async fn execute<T: DeserializeOwned>(&self, call: &Call) -> Result<Decoded<T>, Error> {
        let ids = self.ids(None, None);
        let decoded = async {
            let raw = self.send(call, &ids).await?;
            self.decode(call.operation, &ids, &raw)
        };
        self.counted(call.operation, &ids, decoded).await
    }

    /// Counts a call with its outcome and its time.
    pub(crate) async fn counted<T>(
        &self,
        operation: Operation,
        ids: &CallIds,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let pipeline = &self.shared.pipeline;
        let event = |outcome, took| Event::Call {
            operation,
            outcome,
            took,
            trace: ids.trace.trace_id(),
        };
        let timed = pipeline.metrics.time(&*pipeline.clock, event);
        let result = call.await;
        timed.end(result.as_ref().map_or_else(Error::outcome, |_| "ok"));
        result
    }

    /// Decodes the response of a call, and caches it if it may be cached.
    pub(crate) fn decode<T: DeserializeOwned>(
        &self,
        operation: Operation,
        ids: &CallIds,
        raw: &RawSuccess,
    ) -> Result<Decoded<T>, Error> {
        let pipeline = &self.shared.pipeline;
        match decode::success(&raw.response) {
            Ok(success) => {
                pipeline.cache(raw);
                Ok(Decoded {
                    success,
                    version: Version::from_headers(&raw.response.headers),
                    info: raw.info(ids),
                })
            }
            Err(fault) => {
                pipeline.remove_cached(raw);
                let error = Error::undecodable(raw.response.status, fault).with_time_spent(raw.time_spent);
                Err(error.of_call(operation, ids, raw.attempts))
            }
        }
    }

    /// Removes a resource from the response cache, because it has been written.
    pub(crate) fn remove_cached(&self, operation: Operation, id: &str) {
        if let Some(cache) = &self.shared.pipeline.response_cache {
            cache.remove_at(&self.url_of(operation, Some(id), &[]));
        }
    }

    /// Removes from the response cache what shows a participation that has been written.
    pub(crate) fn remove_written(&self, id: &str, written: &Participation) {
        self.remove_cached(Operation::GetParticipation, id);
        self.remove_cached(Operation::GetCourse, written.course_id.as_str());
    }

    /// Removes from the response cache the participations of many updates. Also after a failure: any of them may have been
    /// written.
    pub(crate) fn remove_updated(&self, updates: &ResultUpdates) {
        for item in updates.items() {
            self.remove_cached(Operation::GetParticipation, item.participation_id.as_str());
        }
    }
}

/// A decoded response.
pub(crate) struct Decoded<T> {
    pub(crate) success: Success<T>,
    pub(crate) version: Version,
    info: CallInfo,
}

impl<T> Decoded<T> {
    /// The result of the call, which `result` makes of the envelope.
    pub(crate) fn into_response<R>(self, result: impl FnOnce(Success<T>) -> R) -> Response<R> {
        Response::new(result(self.success), self.info)
    }
}

impl fmt::Debug for HemeraClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HemeraClient")
            .field("base_url", self.base_url())
            .finish_non_exhaustive()
    }
}
