//! One call: what is asked for, fixed before the first attempt and the same in every one.

use bytes::Bytes;
use hemera_types::Operation;
use http::HeaderValue;
use url::Url;

/// An operation with its address and body. `Bytes` are shared, so each attempt sends the very same
/// body without copying or encoding it anew.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) url: Url,
    /// JSON; `None` for reads.
    pub(crate) body: Option<Bytes>,
    /// `If-Match`: what a write expects to find.
    pub(crate) expected: Option<HeaderValue>,
}

impl Call {
    /// A call without a body or a condition.
    pub(crate) const fn read(operation: Operation, url: Url) -> Self {
        Self {
            operation,
            url,
            body: None,
            expected: None,
        }
    }
}
