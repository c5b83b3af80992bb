//! Why a request is not answered with data.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use hemera_types::{BodyFault, ErrorBody, ErrorCode, Failure, FieldErrors, Meta, Open};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue};

use super::answer::json;

/// An error of the contract.
#[derive(Clone, Debug)]
pub(super) struct ErrorAnswer {
    code: ErrorCode,
    message: &'static str,
    fields: Option<FieldErrors>,
    retry_after: Option<Duration>,
    token_was_sent: bool,
}

impl ErrorAnswer {
    /// An error with the code's own message.
    pub(super) fn new(code: ErrorCode) -> Self {
        Self {
            code,
            message: code.default_message(),
            fields: None,
            retry_after: None,
            token_was_sent: false,
        }
    }

    /// The same with another message.
    pub(super) fn with_message(mut self, message: &'static str) -> Self {
        self.message = message;
        self
    }

    /// The credential is not valid.
    pub(super) fn unauthorized(token_was_sent: bool) -> Self {
        Self {
            token_was_sent,
            ..Self::new(ErrorCode::Unauthorized)
        }
    }

    /// The caller has to wait.
    pub(super) fn wait(code: ErrorCode, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(code)
        }
    }

    /// The answer that carries it.
    pub(super) fn respond(&self, meta: Meta) -> Response {
        let details = self.fields.as_ref().map(serde_json::to_value);
        let error = ErrorBody {
            code: Open::Known(self.code),
            message: self.message.to_owned(),
            details: details.and_then(Result::ok),
        };
        let mut response = json(&Failure::new(error, meta)).map(Body::from);
        *response.status_mut() = self.code.status();
        self.put_headers(response.headers_mut());
        response
    }

    fn put_headers(&self, headers: &mut HeaderMap) {
        match self.code {
            ErrorCode::Unauthorized if self.token_was_sent => {
                let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
                headers.insert(WWW_AUTHENTICATE, challenge);
            }
            ErrorCode::Unauthorized => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            ErrorCode::RateLimited | ErrorCode::ServiceUnavailable => {
                let wait = self.retry_after.unwrap_or_default();
                headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
            }
            _ => {}
        }
    }
}

/// Whole seconds, rounded up and at least 1.
pub(super) fn whole_seconds(span: Duration) -> u64 {
    let seconds = span.as_nanos().div_ceil(1_000_000_000);
    u64::try_from(seconds).unwrap_or(u64::MAX).max(1)
}

impl From<FieldErrors> for ErrorAnswer {
    fn from(fields: FieldErrors) -> Self {
        Self {
            fields: Some(fields),
            ..Self::new(ErrorCode::ValidationError)
        }
    }
}

impl From<BodyFault> for ErrorAnswer {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::NotJson => Self::new(ErrorCode::InvalidInput),
            BodyFault::NotObject => Self::from(FieldErrors::one("body", "must be a JSON object")),
            BodyFault::Fields(fields) => Self::from(fields),
        }
    }
}
