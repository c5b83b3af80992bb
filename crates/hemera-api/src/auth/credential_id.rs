//! What finds a credential again in the audit log, without being one.

use std::sync::Arc;

use clerk::VerifiedToken;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The longest id of a token or a session that is kept, in bytes. Clerk's have about 40.
const LONGEST: usize = 128;

/// The ids that a caller's token carries. None for service keys: their name is part of the proof.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CredentialId {
    /// The token's id (`jti`); of a token with neither an id nor a session, `sha256:` and the hash of the token.
    pub(crate) token: Option<Arc<str>>,
    /// The session that the token belongs to (`sid`).
    pub(crate) session: Option<Arc<str>>,
}

impl CredentialId {
    /// The ids of a verified token, whose text is `token`.
    pub(super) fn of_token(token: &str, verified: &VerifiedToken) -> Self {
        let id = verified.claims.get("jti").and_then(Value::as_str);
        let mut ids = Self {
            token: id.and_then(kept),
            session: verified.session_id.as_deref().and_then(kept),
        };
        if ids == Self::default() {
            let hash = hex::encode(Sha256::digest(token.as_bytes()));
            ids.token = Some(format!("sha256:{hash}").into());
        }
        ids
    }
}

/// An id as records can have it: in one line, and of bounded length.
fn kept(id: &str) -> Option<Arc<str>> {
    let is_kept = !id.is_empty() && id.len() <= LONGEST && id.bytes().all(|byte| byte.is_ascii_graphic());
    is_kept.then(|| id.into())
}
