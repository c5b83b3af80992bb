//! Content that is the same as long as the process runs.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use hemera_types::ETag;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::respond::conditional::{Known, hash_tag};

/// How long anybody may keep it without asking: after an upgrade, the old content may be seen that long.
const CACHEABLE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// Content with its type and its entity tag.
#[derive(Debug)]
pub(super) struct Fixed {
    content_type: HeaderValue,
    content: Bytes,
    tag: Option<ETag>,
}

impl Fixed {
    pub(super) fn new(content_type: &'static str, content: &'static [u8]) -> Self {
        Self {
            content_type: HeaderValue::from_static(content_type),
            content: Bytes::from_static(content),
            tag: hash_tag(&[content]),
        }
    }

    /// The content, or 304 for a caller who has it.
    pub(super) fn answer(&self, request: &HeaderMap) -> Response {
        let known = Known::of(request);
        let confirmed = self.tag.as_ref().and_then(|tag| known.matching(tag));
        let mut response = if confirmed.is_some() {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Body::from(self.content.clone()).into_response();
            response
                .headers_mut()
                .insert(CONTENT_TYPE, self.content_type.clone());
            response
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, CACHEABLE);
        let tag = confirmed.as_ref().or(self.tag.as_ref()).map(ToString::to_string);
        if let Some(Ok(tag)) = tag.map(HeaderValue::try_from) {
            headers.insert(ETAG, tag);
        }
        response
    }
}
