//! The outer shape of a token: three segments of base64url, and not too long.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::refusal::Refusal;

/// Longer tokens are refused before anything is decoded. Clerk recommends claims below 1.2 KB; servers in general
/// take 8 KiB of headers.
pub(super) const MAX_LENGTH: usize = 8 * 1024;

/// The parts of a token, still encoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compact<'a> {
    pub(super) header: &'a str,
    pub(super) payload: &'a str,
    pub(super) signature: &'a str,
    /// What the signature covers: header, dot, payload.
    pub(super) message: &'a str,
}

impl<'a> Compact<'a> {
    pub(super) fn parse(token: &'a str) -> Result<Self, Refusal> {
        if token.len() > MAX_LENGTH {
            return Err(Refusal::TooLarge);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Refusal::NotCompact)?;
        let (header, payload) = message.split_once('.').ok_or(Refusal::NotCompact)?;
        if header.is_empty() || payload.is_empty() || signature.is_empty() || payload.contains('.') {
            return Err(Refusal::NotCompact);
        }
        decode(signature)?;
        Ok(Self {
            header,
            payload,
            signature,
            message,
        })
    }
}

/// Strict: no padding, no white space, no bits beyond the last byte. One text has one encoding.
pub(super) fn decode(segment: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(segment).map_err(|_| Refusal::BadEncoding)
}
