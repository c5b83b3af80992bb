//! Refusals as answers in Clerk's shape.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::id;
use crate::refusal::Refusal;

/// What a handler gives back: a JSON body with status 200, or a refusal.
pub(crate) type Reply = Result<Json<Value>, Refusal>;

/// Where the Go SDK reads the trace id.
pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("clerk-trace-id");

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let trace_id = id::hex::<8>();
        let mut error =
            json!({"message": self.message, "long_message": self.long_message, "code": self.code});
        if !self.meta.is_empty() {
            error["meta"] = Value::Object(self.meta);
        }
        let body = json!({"errors": [error], "clerk_trace_id": trace_id});
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(body)).into_response();
        if let Ok(value) = HeaderValue::try_from(trace_id) {
            response.headers_mut().insert(TRACE_ID, value);
        }
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
