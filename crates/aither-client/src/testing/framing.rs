//! What HTTP/1.1 asks of every request before its route matters: one host, and a body whose end is beyond doubt.

use hemera_types::FieldErrors;
use http::header::{HOST, TRANSFER_ENCODING};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Version};

/// Finds what is wrong with the head of a request.
pub(super) fn check(version: Version, headers: &HeaderMap) -> Result<(), FieldErrors> {
    check_host(version, headers)?;
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let is_chunked = |coding: &HeaderValue| coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked");
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(coding), None) if is_chunked(coding) => Ok(()),
        _ => Err(FieldErrors::one(
            "Transfer-Encoding",
            "must be chunked and nothing else, sent once",
        )),
    }
}

/// HTTP/1.1 asks for exactly one host; HTTP/1.0 knew none.
fn check_host(version: Version, headers: &HeaderMap) -> Result<(), FieldErrors> {
    let mut hosts = headers.get_all(HOST).iter();
    let problem = match (hosts.next(), hosts.next()) {
        (None, _) if version < Version::HTTP_11 => return Ok(()),
        (None, _) => "is missing",
        (Some(_), Some(_)) => "must be sent once",
        (Some(host), None) if is_host(host) => return Ok(()),
        (Some(_), None) => "must be a host, with a port where it is not the usual one",
    };
    Err(FieldErrors::one("Host", problem))
}

/// A host and, after a colon, digits or nothing.
fn is_host(value: &HeaderValue) -> bool {
    let Ok(authority) = Authority::try_from(value.as_bytes()) else {
        return false;
    };
    let host = authority.host();
    let is_port = |rest: &str| {
        let digits = rest.strip_prefix(':');
        rest.is_empty() || digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    // Where something comes before the host, it is a user.
    !host.is_empty() && authority.as_str().strip_prefix(host).is_some_and(is_port)
}
