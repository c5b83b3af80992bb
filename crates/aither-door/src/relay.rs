//! A request for an operation, on its way through the client, and what comes back.

use aither_client::hemera_types::header::TRACEPARENT;
use aither_client::hemera_types::{ErrorCode, FieldErrors, Operation, RequestId, TraceParent};
use aither_client::{Error, HemeraClient, RelayRequest, Relayed};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;

use crate::answer::{Answer, Problem};
use crate::limits::Limits;
use crate::refusal::Refusal;

/// The whole body of a request.
///
/// # Errors
/// The body is there without need, too large, too slow or broken.
pub(crate) async fn body(
    operation: Operation,
    parts: &Parts,
    body: Incoming,
    limits: &Limits,
) -> Result<Option<Bytes>, Refusal> {
    let is_empty = body.is_end_stream();
    let Some(limit) = operation.spec().body_bytes else {
        return if is_empty {
            Ok(None)
        } else {
            Err(Refusal::UnexpectedBody)
        };
    };
    // Before a byte of it is read, and before a caller that asks (`Expect: 100-continue`) is asked to send it.
    if announced(&parts.headers).is_some_and(|length| length > limit) {
        return Err(Refusal::BodyTooLarge);
    }
    match timeout(limits.body_timeout, Limited::new(body, limit).collect()).await {
        Err(_) => Err(Refusal::BodyTooSlow),
        Ok(Err(fault)) if fault.is::<LengthLimitError>() => Err(Refusal::BodyTooLarge),
        Ok(Err(_)) => Err(Refusal::BodyBroken),
        Ok(Ok(collected)) => Ok(Some(collected.to_bytes())),
    }
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Sends a request to Hemera as it came, without any of its credentials.
pub(crate) async fn relay(
    client: &HemeraClient,
    operation: Operation,
    id: Option<String>,
    request_id: &RequestId,
    parts: &Parts,
    body: Option<Bytes>,
) -> Result<Relayed, Error> {
    let headers = &parts.headers;
    let mut request = RelayRequest::new(operation).with_request_id(request_id.clone());
    if let Some(id) = id {
        request = request.with_id(id);
    }
    if let Some(query) = parts.uri.query() {
        request = request.with_query(query);
    }
    if let Some(tags) = list(headers, &IF_MATCH) {
        request = request.with_if_match(tags);
    }
    if let Some(tags) = list(headers, &IF_NONE_MATCH) {
        request = request.with_if_none_match(tags);
    }
    if let Some(body) = body {
        request = request.with_body(list(headers, &CONTENT_TYPE), body);
    }
    if let Some(trace) = trace(headers) {
        request = request.in_trace(trace);
    }
    client.relay(&request).await
}

/// A header that was sent several times is one list (RFC 9110, section 5.3).
fn list(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    let joined = values.fold(first.as_bytes().to_vec(), |mut joined, value| {
        joined.extend_from_slice(b", ");
        joined.extend_from_slice(value.as_bytes());
        joined
    });
    HeaderValue::from_bytes(&joined).ok()
}

/// The trace that the caller has put the request into; two of them count as none.
fn trace(headers: &HeaderMap) -> Option<TraceParent> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    let trace = values.next()?;
    if values.next().is_some() {
        return None;
    }
    TraceParent::parse(trace.as_bytes())
}

/// Hemera's response as it is.
pub(crate) fn answer(relayed: Relayed) -> Answer {
    let mut answer = Response::new(Full::new(relayed.body));
    *answer.status_mut() = relayed.status;
    *answer.headers_mut() = relayed.headers;
    answer
}

/// What the client has decided without a response of Hemera's, in words of the contract.
pub(crate) fn problem(error: &Error) -> Problem {
    let (reason, code) = classify(error);
    Problem {
        reason,
        code,
        message: format!(
            "The door on this host has no response of Hemera's: {}; {}",
            error.summary(),
            error.advice()
        ),
        fields: FieldErrors {
            fields: error.fields().to_vec(),
        },
        retry_after: error.retry_after(),
        allow: None,
        closes: false,
    }
}

fn classify(error: &Error) -> (&'static str, ErrorCode) {
    if error.is_circuit_open() {
        ("circuit_open", ErrorCode::ServiceUnavailable)
    } else if error.is_token_unavailable() {
        ("no_token", ErrorCode::ServiceUnavailable)
    } else if error.is_timeout() {
        ("timeout", ErrorCode::ServiceUnavailable)
    } else if error.is_connection() {
        ("no_connection", ErrorCode::ServiceUnavailable)
    } else if error.is_throttled() {
        ("paced", ErrorCode::RateLimited)
    } else if error.is_invalid() {
        ("invalid", ErrorCode::ValidationError)
    } else {
        ("not_hemera", ErrorCode::InternalError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(TRACEPARENT, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_header_sent_twice_is_one_list() {
        assert_eq!(list(&headers(&[]), &TRACEPARENT), None);
        assert_eq!(list(&headers(&["\"1\""]), &TRACEPARENT).unwrap(), "\"1\"");
        assert_eq!(
            list(&headers(&["\"1\"", "\"2\""]), &TRACEPARENT).unwrap(),
            "\"1\", \"2\""
        );
    }

    #[test]
    fn two_traces_count_as_none() {
        let trace_id = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(trace(&headers(&[trace_id])).is_some());
        assert!(trace(&headers(&[trace_id, trace_id])).is_none());
        assert!(trace(&headers(&["no trace"])).is_none());
    }
}
