//! The header names of the contract, in the lower case that HTTP libraries want.

use http::HeaderName;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, LINK, RETRY_AFTER, VARY, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};

/// A service key, where no bearer token is used.
pub const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// The id of the request, on every request and response.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The id of the record that the audit log has of a request, on every answer of the service API that has one.
pub const X_AUDIT_RECORD: HeaderName = HeaderName::from_static("x-audit-record");
/// The W3C trace context that a caller may send.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Requests admitted in a window.
pub const X_RATELIMIT_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
/// Requests that would be admitted now, sent together: at most the burst.
pub const X_RATELIMIT_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
/// Unix seconds: when the full burst is back.
pub const X_RATELIMIT_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
/// The quotas in force, as the IETF draft writes them.
pub const RATELIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// What remains of the burst, as the IETF draft writes it.
pub const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Every header of the contract that a response may have. A program that passes a response on passes on these; others
/// belong to the connection.
pub static OF_RESPONSES: [HeaderName; 16] = [
    ALLOW,
    CACHE_CONTROL,
    CONTENT_TYPE,
    ETAG,
    LINK,
    RATELIMIT,
    RATELIMIT_POLICY,
    RETRY_AFTER,
    VARY,
    WWW_AUTHENTICATE,
    X_AUDIT_RECORD,
    X_CONTENT_TYPE_OPTIONS,
    X_RATELIMIT_LIMIT,
    X_RATELIMIT_REMAINING,
    X_RATELIMIT_RESET,
    X_REQUEST_ID,
];
