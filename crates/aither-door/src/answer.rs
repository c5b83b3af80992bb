//! Responses that the door makes itself. Errors are envelopes of the contract.

use std::fmt::Display;
use std::time::{Duration, SystemTime};

use aither_client::hemera_types::header::{X_API_KEY, X_REQUEST_ID};
use aither_client::hemera_types::{
    ErrorBody, ErrorCode, Failure, FieldErrors, Meta, Open, Operation, RequestId, Timestamp,
};
use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;

use crate::refusal::Refusal;

/// The body of every response is in memory.
pub(crate) type Answer = Response<Full<Bytes>>;

/// Says that a response is the door's and not Hemera's, and why there is none of Hemera's, in one word.
pub(crate) const X_AITHER_DOOR: HeaderName = HeaderName::from_static("x-aither-door");

/// When to come again, where nothing says when.
const A_MOMENT: Duration = Duration::from_secs(1);

/// The longest that a caller is asked to wait, so that no fault keeps programs away for a day.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// What an error response says.
#[derive(Debug)]
pub(crate) struct Problem {
    /// The word for [`X_AITHER_DOOR`].
    pub(crate) reason: &'static str,
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    pub(crate) fields: FieldErrors,
    /// When to come again, for a 429 and a 503.
    pub(crate) retry_after: Option<Duration>,
    /// The methods of the path, for a 405.
    pub(crate) allow: Option<String>,
    /// Whether the connection ends: where it is not beyond doubt what follows on it.
    pub(crate) closes: bool,
}

impl Problem {
    /// A refusal, of a request for `operation` where that is known.
    pub(crate) fn refused(refusal: Refusal, allow: Option<String>, operation: Option<Operation>) -> Self {
        let fields = refusal
            .field()
            .map(|(field, problem)| FieldErrors::one(field, problem));
        let message = match operation {
            Some(operation) if refusal == Refusal::BodyTooLarge => operation.spec().body_too_large(),
            _ => refusal.message(),
        };
        Self {
            reason: refusal.reason(),
            code: refusal.code(),
            message: message.to_owned(),
            fields: fields.unwrap_or_default(),
            retry_after: None,
            allow,
            closes: true,
        }
    }

    /// The response to the request `id`, made at `now`.
    pub(crate) fn into_answer(self, id: &RequestId, now: SystemTime) -> Answer {
        let error = ErrorBody {
            code: Open::Known(self.code),
            message: self.message,
            details: (!self.fields.fields.is_empty())
                .then(|| serde_json::to_value(&self.fields).ok())
                .flatten(),
        };
        let failure = Failure::new(error, Meta::new(id.clone(), Timestamp::from(now)));
        // A structure of texts and numbers is always JSON.
        let body = serde_json::to_vec(&failure).unwrap_or_default();
        let status = self.code.status();
        let mut answer = own(status, HeaderValue::from_static("application/json"), body);
        let headers = answer.headers_mut();
        headers.insert(X_AITHER_DOOR, HeaderValue::from_static(self.reason));
        put(headers, X_REQUEST_ID, id);
        match self.code {
            ErrorCode::Unauthorized => {
                let scheme = format!("ApiKey realm=\"aither-door\", header=\"{X_API_KEY}\"");
                put(headers, WWW_AUTHENTICATE, scheme);
            }
            ErrorCode::RateLimited | ErrorCode::ServiceUnavailable => {
                put(
                    headers,
                    RETRY_AFTER,
                    whole_seconds(self.retry_after.unwrap_or(A_MOMENT)),
                );
            }
            _ => {}
        }
        if let Some(allow) = self.allow {
            put(headers, ALLOW, allow);
        }
        if self.closes {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}

/// Plain text of the door's own.
pub(crate) fn text(status: StatusCode, text: &'static str) -> Answer {
    own(
        status,
        HeaderValue::from_static("text/plain; charset=utf-8"),
        text,
    )
}

/// A response of the door's own, that no cache keeps.
pub(crate) fn own(status: StatusCode, content_type: HeaderValue, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// Whole seconds, at least one, as the contract has them.
fn whole_seconds(wait: Duration) -> u64 {
    let wait = wait.min(LONGEST_WAIT);
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

fn put(headers: &mut http::HeaderMap, name: HeaderName, value: impl Display) {
    if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_whole_seconds_between_one_and_an_hour() {
        for (wait, seconds) in [
            (Duration::ZERO, 1),
            (Duration::from_millis(1), 1),
            (Duration::from_secs(1), 1),
            (Duration::from_millis(1001), 2),
            (Duration::MAX, 3600),
        ] {
            assert_eq!(whole_seconds(wait), seconds, "{wait:?}");
        }
    }
}
