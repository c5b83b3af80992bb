//! The id of a request and its answer.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::bounds::REQUEST_ID_CHARS;

/// The id of one request, in `X-Request-ID` and `meta.requestId`: 1–128 visible ASCII characters.
///
/// A caller quotes it to an operator; it connects an answer with its log lines and its audit record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(String);

impl RequestId {
    /// A new id: a random UUID (version 4) in its 36 characters.
    pub fn random() -> Self {
        Self(Uuid::new_v4().to_string())
    }

    /// The id in a header that a caller sent; `None` for a value that must be replaced.
    pub fn accept(header: &[u8]) -> Option<Self> {
        let visible = header.iter().all(u8::is_ascii_graphic);
        if !visible || !REQUEST_ID_CHARS.contains(&header.len()) {
            return None;
        }
        String::from_utf8(header.to_vec()).ok().map(Self)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
