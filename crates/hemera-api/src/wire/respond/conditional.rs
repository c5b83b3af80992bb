//! Entity tags: which one an answer carries, and when it need not be sent again.

use hemera_types::{ETag, IfNoneMatch};
use http::header::IF_NONE_MATCH;
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

use super::PendingEnvelope;

/// How many bytes of the hash are kept: 128 bits, far beyond accidental collisions.
const TAG_BYTES: usize = 16;

/// The tag of an answer: the resource's version where it has one, else a hash of what it says. `meta` describes the
/// request and is not part of it.
pub(super) fn tag_of(PendingEnvelope(answer): &PendingEnvelope) -> Option<ETag> {
    if let Some(tag) = &answer.tag {
        return Some(tag.clone());
    }
    let pagination = answer.pagination.as_ref().map(serde_json::to_vec);
    let pagination = pagination.transpose().ok()?.unwrap_or_default();
    hash_tag(&[answer.data.get().as_bytes(), &pagination])
}

/// The tag of some content: a hash of its parts, one after the other.
pub(crate) fn hash_tag(parts: &[&[u8]]) -> Option<ETag> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let hex = hash
        .finalize()
        .iter()
        .take(TAG_BYTES)
        .fold(String::new(), |mut hex, byte| {
            use std::fmt::Write as _;
            // Writing to a `String` cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
    ETag::strong(hex).ok()
}

/// What the caller has already, as its `If-None-Match` says.
#[derive(Debug)]
pub(crate) struct Known(Vec<HeaderValue>);

impl Known {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self(headers.get_all(IF_NONE_MATCH).iter().cloned().collect())
    }

    /// The tag under which the caller has the answer with the tag `current`: its own, where it has a compressed
    /// variant, for a cache looks for what it has by that. A header that cannot be understood is as good as none: the
    /// caller then gets the whole answer.
    pub(crate) fn matching(&self, current: &ETag) -> Option<ETag> {
        let lines: Option<Vec<&str>> = self.0.iter().map(|line| line.to_str().ok()).collect();
        let lines = lines.filter(|lines| !lines.is_empty())?;
        match IfNoneMatch::parse(&lines.join(",")).ok()? {
            IfNoneMatch::Any => Some(current.clone()),
            IfNoneMatch::Tags(tags) => tags
                .into_iter()
                .find(|tag| tag.matches_weakly(current))
                .map(ETag::strengthened),
        }
    }
}
