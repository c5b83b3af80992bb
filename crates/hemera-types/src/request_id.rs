//! The id of an exchange.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bounds::REQUEST_ID_CHARS;

/// The id of one exchange, in `X-Request-ID` and `meta.requestId`: 1–128 visible ASCII characters.
///
/// It is what a caller quotes to an operator, and what joins a response with its log lines and its
/// audit record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(String);

impl RequestId {
    /// The id that a caller sent, where it may be kept; `None` where it must be replaced.
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
