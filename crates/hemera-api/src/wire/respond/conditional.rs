//! Entity tags: which one an answer carries, and when it need not be sent again.

use axum::response::Response;
use hemera_types::ETag;
use http::header::IF_NONE_MATCH;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::{Delivery, PendingEnvelope, Reply, is_safe};

/// How many bytes of the hash are kept: 128 bits, far beyond accidental collisions.
const TAG_BYTES: usize = 16;

/// What a request asked for, as far as it decides how much of an answer is sent.
#[derive(Debug)]
pub(crate) struct Asked {
    method: Method,
    if_none_match: IfNoneMatch,
}

impl Asked {
    pub(crate) fn of(parts: &Parts) -> Self {
        Self {
            method: parts.method.clone(),
            if_none_match: IfNoneMatch::of(&parts.headers),
        }
    }
}

/// Decides the entity tag of a success, and what of it is sent; 304 is its status where the caller has it already.
pub(crate) fn settle(response: &mut Response, asked: &Asked) {
    if !is_safe(&asked.method) {
        return;
    }
    let Some(PendingEnvelope(answer)) = response.extensions_mut().get_mut() else {
        return;
    };
    answer.tag = tag_of(answer);
    let confirmed = answer
        .tag
        .as_ref()
        .and_then(|tag| asked.if_none_match.matching(tag));
    let is_confirmed = confirmed.is_some();
    answer.delivery = match confirmed {
        Some(tag) => Delivery::Confirmed(tag),
        None if asked.method == Method::HEAD => Delivery::Head,
        None => Delivery::Whole,
    };
    if is_confirmed {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
}

/// The tag of an answer: the resource's version where it has one, else a hash of what it says. `meta` describes the
/// request and is not part of it.
fn tag_of(answer: &Reply<Box<RawValue>>) -> Option<ETag> {
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
    ETag::strong(hex::encode(&hash.finalize()[..TAG_BYTES])).ok()
}

/// The `If-None-Match` of a request, as it was sent.
#[derive(Debug)]
pub(crate) struct IfNoneMatch(Vec<HeaderValue>);

impl IfNoneMatch {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self(headers.get_all(IF_NONE_MATCH).iter().cloned().collect())
    }

    /// The tag under which the caller has the answer whose tag is `current`; `None` where it must get the whole answer.
    ///
    /// Of a compressed variant it is the caller's own tag, because caches look their copies up by it. A header that
    /// cannot be read counts as none.
    pub(crate) fn matching(&self, current: &ETag) -> Option<ETag> {
        let lines: Option<Vec<&str>> = self.0.iter().map(|line| line.to_str().ok()).collect();
        let lines = lines.filter(|lines| !lines.is_empty())?;
        match hemera_types::IfNoneMatch::parse(&lines.join(",")).ok()? {
            hemera_types::IfNoneMatch::Any => Some(current.clone()),
            hemera_types::IfNoneMatch::Tags(tags) => tags
                .into_iter()
                .find(|tag| tag.matches_weakly(current))
                .map(ETag::strengthened),
        }
    }
}
