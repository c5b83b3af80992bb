//! One call: the request, fixed before the first attempt and the same in every attempt.

use bytes::Bytes;
use hemera_types::{Operation, RequestId, TraceParent};
use http::HeaderValue;
use url::Url;

/// An operation with its address and body. `Bytes` are shared, so every attempt sends the same body without copying or
/// encoding it again.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) url: Url,
    /// `None` for reads.
    pub(crate) body: Option<Bytes>,
    /// What the body is: JSON, unless another program's request says something else. Sent with a body only.
    pub(crate) content_type: Option<HeaderValue>,
    /// `If-Match`: the version that a write expects.
    pub(crate) if_match: Option<HeaderValue>,
    /// `If-None-Match` of the caller's own: a 304 is then the result, and the response cache offers nothing.
    pub(crate) if_none_match: Option<HeaderValue>,
    /// As how many requests Hemera's rate limit counts it.
    pub(crate) weight: u32,
}

/// What names a call: the same in every attempt.
#[derive(Clone, Debug)]
pub(crate) struct CallIds {
    pub(crate) request_id: RequestId,
    /// The caller's span, or the first of a trace of the call's own. Each attempt has another span of this trace.
    pub(crate) trace: TraceParent,
}

impl Call {
    /// A call without a body or a condition.
    pub(crate) const fn read(operation: Operation, url: Url) -> Self {
        Self {
            operation,
            url,
            body: None,
            content_type: Some(HeaderValue::from_static("application/json")),
            if_match: None,
            if_none_match: None,
            weight: 1,
        }
    }
}
