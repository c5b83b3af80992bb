//! Secret keys as Clerk takes them: in `Authorization`, after `Bearer `.

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// Longer than any key that Clerk hands out; a whole file pasted by mistake is refused.
const MAX_LENGTH: usize = 255;

/// Whether a key is of the characters and the length that keys have: visible ASCII, at most 255 of it.
pub(crate) fn is_plain(key: &str) -> bool {
    key.len() <= MAX_LENGTH && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The `Authorization` header for a [plain](is_plain) key, marked so that HTTP layers do not print it either.
pub(crate) fn authorization(key: &SecretString) -> HeaderValue {
    // A plain key is visible ASCII, which every header value may hold.
    let mut value = HeaderValue::try_from(format!("Bearer {}", key.expose_secret()))
        .unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}
