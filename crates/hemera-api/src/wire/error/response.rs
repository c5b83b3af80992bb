//! From an error to its status, headers and envelope.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use hemera_types::{ErrorBody, ErrorCode, Failure, Meta, Open};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue};

use super::ApiError;

/// The wait that is named where nothing better is known.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);

impl ApiError {
    /// The body of the answer.
    pub(crate) fn to_failure(&self, meta: Meta) -> Failure {
        let error = ErrorBody {
            code: Open::Known(self.0.code),
            message: self.0.message.to_owned(),
            details: self.0.details.clone(),
        };
        Failure::new(error, meta)
    }

    fn put_headers(&self, headers: &mut HeaderMap) {
        match self.0.code {
            ErrorCode::Unauthorized => {
                let challenge = if self.0.token_was_sent {
                    "Bearer error=\"invalid_token\""
                } else {
                    "Bearer"
                };
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
            }
            ErrorCode::RateLimited | ErrorCode::ServiceUnavailable => {
                let wait = self.0.retry_after.unwrap_or(DEFAULT_RETRY_AFTER);
                headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
            }
            _ => {}
        }
    }
}

/// Whole seconds, rounded up and at least 1: who comes back then is not refused for being early.
pub(crate) fn whole_seconds(span: Duration) -> u64 {
    span.as_nanos()
        .div_ceil(1_000_000_000)
        .try_into()
        .unwrap_or(u64::MAX)
        .max(1)
}

impl IntoResponse for ApiError {
    /// Status and headers, and the error as an extension: the layer that knows the request id writes the body.
    fn into_response(self) -> Response {
        let mut response = self.0.code.status().into_response();
        self.put_headers(response.headers_mut());
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_whole_seconds_rounded_up() {
        assert_eq!(whole_seconds(Duration::ZERO), 1);
        assert_eq!(whole_seconds(Duration::from_nanos(1_000_000_001)), 2);
        assert_eq!(whole_seconds(Duration::from_secs(3)), 3);
    }
}
