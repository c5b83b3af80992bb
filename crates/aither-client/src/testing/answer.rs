//! A success: its envelope, its entity tag, and what of it is sent.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use hemera_types::{ETag, IfNoneMatch, Meta, Pagination, Success};
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

/// How many bytes of a hash are an entity tag.
const TAG_BYTES: usize = 16;

/// The data of a success, and what goes around it.
#[derive(Debug)]
pub(super) struct Answer {
    data: Box<RawValue>,
    message: Option<&'static str>,
    pagination: Option<Pagination>,
    version: Option<ETag>,
    items: usize,
}

impl Answer {
    /// An answer that carries `data` and nothing else. The types of the contract can always be written as JSON.
    pub(super) fn new(data: &impl Serialize) -> Self {
        let data = serde_json::value::to_raw_value(data);
        Self {
            data: data.unwrap_or_else(|_| RawValue::NULL.to_owned()),
            message: None,
            pagination: None,
            version: None,
            items: 1,
        }
    }

    pub(super) fn with_message(mut self, message: &'static str) -> Self {
        self.message = Some(message);
        self
    }

    pub(super) fn with_pagination(mut self, pagination: Pagination) -> Self {
        self.pagination = Some(pagination);
        self
    }

    /// With so many items, where its data is not one object. For the usage.
    pub(super) fn with_items(mut self, items: usize) -> Self {
        self.items = items;
        self
    }

    /// How many items its data has.
    pub(super) fn items(&self) -> u64 {
        u64::try_from(self.items).unwrap_or(u64::MAX)
    }

    /// With the version of the resource as its tag. Without one, the tag of a read is a hash of what it says.
    pub(super) fn with_version(mut self, version: ETag) -> Self {
        self.version = Some(version);
        self
    }

    /// The response to a request of this method and these headers.
    pub(super) fn respond(self, method: &Method, headers: &HeaderMap, meta: Meta) -> Response {
        let is_read = method == Method::GET || method == Method::HEAD;
        let tag = self.version.clone().or_else(|| self.hash().filter(|_| is_read));
        let known = tag
            .as_ref()
            .filter(|_| is_read)
            .and_then(|tag| known_as(headers, tag));
        let mut response = if let Some(known) = &known {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            put_tag(response.headers_mut(), known);
            response
        } else {
            let mut response = json(&self.envelope(meta)).map(Body::from);
            if let Some(tag) = &tag {
                put_tag(response.headers_mut(), tag);
            }
            response
        };
        if is_read {
            response.headers_mut().insert(VARY, ACCEPT_ENCODING.into());
        }
        response
    }

    fn envelope(&self, meta: Meta) -> Success<&RawValue> {
        let mut success = Success::new(&*self.data, meta);
        success.message = self.message.map(str::to_owned);
        success.pagination = self.pagination;
        success
    }

    /// The tag of what it says: of data and pagination.
    fn hash(&self) -> Option<ETag> {
        let pagination = self.pagination.as_ref().map(serde_json::to_vec);
        let mut hash = Sha256::new();
        hash.update(self.data.get());
        hash.update(pagination.transpose().ok()?.unwrap_or_default());
        ETag::strong(hex::encode(&hash.finalize()[..TAG_BYTES])).ok()
    }
}

/// The tag under which the caller has the answer whose tag is `current`: its own, which may be that of a compressed variant.
fn known_as(headers: &HeaderMap, current: &ETag) -> Option<ETag> {
    let lines: Vec<&str> = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .map(|line| line.to_str().ok())
        .collect::<Option<_>>()?;
    match IfNoneMatch::parse(&lines.join(",")).ok()? {
        IfNoneMatch::Any => Some(current.clone()),
        IfNoneMatch::Tags(tags) => tags
            .into_iter()
            .find(|tag| tag.matches_weakly(current))
            .map(ETag::strengthened),
    }
}

fn put_tag(headers: &mut HeaderMap, tag: &ETag) {
    if let Ok(value) = HeaderValue::from_str(&tag.to_string()) {
        headers.insert(ETAG, value);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
}

/// A response of JSON.
pub(super) fn json(envelope: &impl Serialize) -> http::Response<Bytes> {
    let body = serde_json::to_vec(envelope).unwrap_or_default();
    let mut response = http::Response::new(Bytes::from(body));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
