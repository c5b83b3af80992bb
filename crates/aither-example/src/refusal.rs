//! What a caller gets instead of a result: a status, a code for programs, and a sentence that says what to do.
//!
//! The public text and the inner cause are apart: the text goes to the caller, the cause to the log.

mod of_flows;
mod of_hemera;

use std::time::Duration;

use aither_client::hemera_types::RequestId;
use aither_flows::Course;
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// How long to wait where no time is known.
const SOON: Duration = Duration::from_secs(5);

/// A response that is not a success.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    trouble: Box<Trouble>,
    retry_after: Option<Duration>,
    cause: Option<String>,
}

/// What a caller is shown: `{"error": …}`. A failed sync shows it in its status.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Trouble {
    code: &'static str,
    message: String,
    /// The call at Hemera: its operators find it by this.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<RequestId>,
    /// The courses among which a caller has to choose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    courses: Vec<Course>,
}

/// The inner cause of a refusal, on its way to the log. In no response.
#[derive(Clone, Debug)]
pub(crate) struct Cause(pub(crate) String);

#[derive(Debug, Serialize)]
struct ErrorBody {
    error: Box<Trouble>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            trouble: Box::new(Trouble {
                code,
                message: message.into(),
                request_id: None,
                courses: Vec::new(),
            }),
            retry_after: None,
            cause: None,
        }
    }

    const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    pub(crate) fn unauthorized() -> Self {
        let message =
            "the header X-API-Key must have the key of this service: its operator has set AITHER_EXAMPLE_KEY";
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", message)
    }

    pub(crate) fn no_such_route() -> Self {
        let message = "there are /api/sync, /api/slides, /api/recordings and /metrics: correct the path";
        Self::new(StatusCode::NOT_FOUND, "NO_SUCH_ROUTE", message)
    }

    pub(crate) fn no_such_method() -> Self {
        let message = "this path takes another method: the header Allow names it";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "NO_SUCH_METHOD", message)
    }

    pub(crate) fn invalid_query(expected: &str) -> Self {
        let message = format!("the query must be empty or {expected}: correct it");
        Self::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", message)
    }

    pub(crate) fn sync_running(since: impl std::fmt::Display) -> Self {
        let message = format!("a sync has been running since {since}: GET /api/sync says how far it is");
        Self::new(StatusCode::CONFLICT, "SYNC_RUNNING", message)
    }

    pub(crate) fn stopping() -> Self {
        let message = "the service is stopping: try again when it has started";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "STOPPING", message).retry_after(SOON)
    }

    pub(crate) fn too_many_requests() -> Self {
        let message = "too many requests are being answered: try again after the time in Retry-After";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "TOO_MANY_REQUESTS", message).retry_after(SOON)
    }

    pub(crate) fn out_of_time() -> Self {
        let message =
            "Hemera took too long for this request: try again, and tell the operators if it stays so";
        Self::new(StatusCode::GATEWAY_TIMEOUT, "OUT_OF_TIME", message)
    }

    pub(crate) fn sync_too_long() -> Self {
        let message = "the sync took more than an hour and was cancelled: sync again, it continues; if it stays so, see the log";
        Self::new(StatusCode::GATEWAY_TIMEOUT, "SYNC_TOOK_TOO_LONG", message)
    }

    pub(crate) fn internal() -> Self {
        let message = "the service failed: its log says why, give it to its developers";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
    }

    pub(crate) fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// What a caller is shown, and the inner cause.
    pub(crate) fn into_parts(self) -> (Trouble, Option<String>) {
        (*self.trouble, self.cause)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(ErrorBody { error: self.trouble })).into_response();
        if let Some(wait) = self.retry_after {
            // Whole seconds; one that is cut off would ask for a call that comes too early.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(RETRY_AFTER, seconds.max(1).into());
        }
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(Cause(cause));
        }
        response
    }
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
