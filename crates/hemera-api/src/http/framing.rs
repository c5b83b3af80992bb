//! What HTTP/1.1 asks of every request before its route matters: one host, and a body whose end is beyond doubt.
//!
//! A proxy in front and the server must not read two requests where there is one, so a request that leaves room for that
//! is refused, and its connection is closed after the answer.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hemera_types::FieldErrors;
use http::header::{CONNECTION, HOST, TRANSFER_ENCODING};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Version};

use crate::http::fallback;
use crate::http::state::AppState;
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::RequestContext;

/// Lets requests through whose head is beyond doubt.
pub(crate) async fn check(
    State(state): State<AppState>,
    context: RequestContext,
    request: Request,
    next: Next,
) -> Response {
    let checked = check_host(request.version(), request.headers())
        .and_then(|()| check_transfer_coding(request.headers()));
    match checked {
        Ok(()) => next.run(request).await,
        Err(error) => {
            let mut response = fallback::recorded(&state, &context, request.uri(), error);
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(CONNECTION, close);
            response
        }
    }
}

/// HTTP/1.1 asks for exactly one host; HTTP/1.0 knew none.
fn check_host(version: Version, headers: &HeaderMap) -> Result<(), ApiError> {
    let mut hosts = headers.get_all(HOST).iter();
    let problem = match (hosts.next(), hosts.next()) {
        (None, _) if version < Version::HTTP_11 => return Ok(()),
        (None, _) => "is missing",
        (Some(_), Some(_)) => "must be sent once",
        (Some(host), None) if is_host(host) => return Ok(()),
        (Some(_), None) => "must be a host, with a port where it is not the usual one",
    };
    let fault = FieldErrors::one("Host", problem);
    Err(ApiError::invalid(&fault).with_reason(Reason::HostNotAccepted))
}

/// A host and, after a colon, digits or nothing.
fn is_host(value: &HeaderValue) -> bool {
    let Ok(authority) = Authority::try_from(value.as_bytes()) else {
        return false;
    };
    let (text, host) = (authority.as_str(), authority.host());
    let is_port = |rest: &str| {
        let digits = rest.strip_prefix(':');
        rest.is_empty() || digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    // Where something comes before the host, it is a user.
    !host.is_empty() && text.strip_prefix(host).is_some_and(is_port)
}

/// A body comes as it is, or in chunks. Others would have to be undone before it is known where the body ends.
fn check_transfer_coding(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let is_chunked = |coding: &HeaderValue| coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked");
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(coding), None) if is_chunked(coding) => Ok(()),
        _ => {
            let fault = FieldErrors::one("Transfer-Encoding", "must be chunked and nothing else, sent once");
            Err(ApiError::invalid(&fault).with_reason(Reason::TransferCodingNotAccepted))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_or_without_a_port() {
        for host in [
            "h",
            "hemera.example.com",
            "hemera.example.com:8080",
            "h:",
            "192.0.2.1:80",
            "[2001:db8::1]",
            "[2001:db8::1]:443",
        ] {
            assert!(is_host(&HeaderValue::from_static(host)), "{host}");
        }
        for host in [
            "", " ", ":80", "a b", "h:80:90", "h:http", "user@h", "h/path", "http://h", "h, g", "[::1",
            "h?q", "h#f", "@",
        ] {
            assert!(!is_host(&HeaderValue::from_static(host)), "{host}");
        }
    }
}
