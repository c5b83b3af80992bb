//! The response cache: bodies that Hemera has sent before, so that an unchanged one is not sent again.
//!
//! A response to a read is stored as bytes under its entity tag. The next request for the same resource sends the tag as
//! `If-None-Match`; a 304 confirms that the stored bytes are still current. A cached response is never used without such
//! a confirmation, so a withdrawn permission or a changed value takes effect with the next request.

mod limits;
mod subject;

use std::fmt;

use bytes::Bytes;
use hemera_types::ETag;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode};
use lru::LruCache;
use parking_lot::Mutex;
use url::Url;

use crate::call::Call;
use crate::send::HttpResponse;
use crate::token::Token;
pub use limits::ResponseCacheLimits;
use subject::Subject;

/// What a response is cached under: the address with its query, and the subject of the token that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CacheKey {
    url: Url,
    subject: Subject,
}

/// A response from the cache.
#[derive(Clone)]
pub(crate) struct CachedResponse {
    tag: ETag,
    header: HeaderValue,
    content_type: Option<HeaderValue>,
    body: Bytes,
}

/// The response cache of a client and all its clones.
pub(crate) struct ResponseCache {
    limits: ResponseCacheLimits,
    entries: Mutex<Entries>,
}

struct Entries {
    responses: LruCache<CacheKey, CachedResponse>,
    bytes: usize,
}

impl CachedResponse {
    /// The value to send as `If-None-Match`.
    pub(crate) fn header(&self) -> &HeaderValue {
        &self.header
    }

    /// Whether a 304 with these headers confirms this response: it carries no tag, or the tag of this response.
    pub(crate) fn is_confirmed_by(&self, headers: &HeaderMap) -> bool {
        let header = headers.get(ETAG);
        header.is_none_or(|header| tag(header).is_some_and(|tag| tag.matches_weakly(&self.tag)))
    }

    /// The complete response: the headers of the 304 that confirms it, with the tag and the media type of the cached body.
    pub(crate) fn into_response(self, mut headers: HeaderMap) -> HttpResponse {
        headers.insert(ETAG, self.header);
        if let Some(content_type) = self.content_type {
            headers.insert(CONTENT_TYPE, content_type);
        }
        HttpResponse {
            status: StatusCode::OK,
            headers,
            body: self.body,
        }
    }
}

impl ResponseCache {
    pub(crate) fn new(limits: ResponseCacheLimits) -> Self {
        let entries = Entries {
            responses: LruCache::unbounded(),
            bytes: 0,
        };
        Self {
            limits,
            entries: Mutex::new(entries),
        }
    }

    /// The key for the response to `call` sent with this token. `None` if responses to this operation are not cached.
    pub(crate) fn key(call: &Call, token: &Token) -> Option<CacheKey> {
        call.operation.spec().is_cacheable.then(|| CacheKey {
            url: call.url.clone(),
            subject: Subject::of(token),
        })
    }

    pub(crate) fn get(&self, key: &CacheKey) -> Option<CachedResponse> {
        self.entries.lock().responses.get(key).cloned()
    }

    /// Stores a response whose body is one of Hemera's, if it has an entity tag.
    pub(crate) fn store(&self, key: CacheKey, response: &HttpResponse) {
        let mut entries = self.entries.lock();
        entries.remove(&key);
        let Some(cached) = cacheable(response) else {
            return;
        };
        // Without the overhead of the tables.
        let size = size(&key, &cached);
        if size > self.limits.bytes() || self.limits.responses() == 0 {
            return;
        }
        while entries.bytes + size > self.limits.bytes() || entries.responses.len() >= self.limits.responses()
        {
            entries.remove_least_recent();
        }
        entries.bytes += size;
        entries.responses.put(key, cached);
    }

    /// How many responses are cached, and how many bytes they are together.
    #[cfg(feature = "prometheus")]
    pub(crate) fn size(&self) -> (u64, u64) {
        let entries = self.entries.lock();
        let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        (number(entries.responses.len()), number(entries.bytes))
    }

    /// Removes one response: the caller may no longer see it, or it could not be decoded.
    pub(crate) fn remove(&self, key: &CacheKey) {
        self.entries.lock().remove(key);
    }

    /// Removes the responses of all subjects at this address, because the resource has been written.
    pub(crate) fn remove_at(&self, url: &Url) {
        let mut entries = self.entries.lock();
        let at_url = |key: &CacheKey| (key.url == *url).then(|| key.clone());
        let keys: Vec<CacheKey> = entries
            .responses
            .iter()
            .filter_map(|(key, _)| at_url(key))
            .collect();
        for key in keys {
            entries.remove(&key);
        }
    }
}

impl Entries {
    fn remove(&mut self, key: &CacheKey) {
        if let Some(cached) = self.responses.pop(key) {
            self.bytes -= size(key, &cached);
        }
    }

    fn remove_least_recent(&mut self) {
        match self.responses.pop_lru() {
            Some((key, cached)) => self.bytes -= size(&key, &cached),
            None => self.bytes = 0,
        }
    }
}

fn size(key: &CacheKey, cached: &CachedResponse) -> usize {
    let content_type = cached.content_type.as_ref().map_or(0, HeaderValue::len);
    key.url.as_str().len() + cached.header.len() + content_type + cached.body.len()
}

fn cacheable(response: &HttpResponse) -> Option<CachedResponse> {
    let no_store = response.headers.get_all(CACHE_CONTROL).iter().any(|value| {
        value
            .as_bytes()
            .windows(8)
            .any(|word| word.eq_ignore_ascii_case(b"no-store"))
    });
    let header = response.headers.get(ETAG)?;
    let tag = tag(header).filter(|_| response.status == StatusCode::OK && !no_store)?;
    Some(CachedResponse {
        tag,
        header: header.clone(),
        content_type: response.headers.get(CONTENT_TYPE).cloned(),
        // A copy of the exact size: the body was read in pieces and may share a larger buffer.
        body: Bytes::copy_from_slice(&response.body),
    })
}

fn tag(value: &HeaderValue) -> Option<ETag> {
    ETag::parse(value.to_str().ok()?).ok()
}

impl fmt::Debug for ResponseCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.entries.lock();
        f.debug_struct("ResponseCache")
            .field("responses", &entries.responses.len())
            .field("bytes", &entries.bytes)
            .field("limits", &self.limits)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use hemera_types::Operation;
    use secrecy::SecretString;

    use super::*;

    fn key(path: &str) -> CacheKey {
        let token = Token::service_key(&SecretString::from("hk_1")).unwrap();
        let url = format!("https://hemera.example/api/service/{path}")
            .parse()
            .unwrap();
        let call = Call::read(Operation::GetCourse, url);
        ResponseCache::key(&call, &token).unwrap()
    }

    fn response(bytes: usize) -> HttpResponse {
        HttpResponse {
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(ETAG, HeaderValue::from_static("\"1\""))]),
            body: Bytes::from(vec![b' '; bytes]),
        }
    }

    #[test]
    fn least_recently_used_response_is_dropped() {
        let cache = ResponseCache::new(ResponseCacheLimits::new(2, 10_000));
        let [a, b, c] = ["a", "b", "c"].map(key);
        cache.store(a.clone(), &response(10));
        cache.store(b.clone(), &response(10));
        cache.get(&a);
        cache.store(c.clone(), &response(10));
        assert!(cache.get(&a).is_some() && cache.get(&c).is_some());
        assert!(cache.get(&b).is_none());
    }

    #[test]
    fn byte_limit_holds_and_removed_responses_are_subtracted() {
        let cache = ResponseCache::new(ResponseCacheLimits::new(100, 1_000));
        for round in 0..50 {
            cache.store(key(&format!("{}", round % 7)), &response(100 + round * 7));
            let entries = cache.entries.lock();
            let actual: usize = entries
                .responses
                .iter()
                .map(|(key, cached)| size(key, cached))
                .sum();
            assert_eq!(entries.bytes, actual);
            assert!(entries.bytes <= 1_000 && !entries.responses.is_empty());
        }
        // Too large by itself: it is not stored, and the response that it replaces is removed.
        cache.store(key("1"), &response(1_000));
        assert!(cache.get(&key("1")).is_none());
        for path in 0..7 {
            cache.remove_at(&key(&path.to_string()).url);
        }
        assert_eq!(cache.entries.lock().bytes, 0);
    }

    #[test]
    fn responses_with_no_store_without_tag_or_partial_are_not_cached() {
        let cache = ResponseCache::new(ResponseCacheLimits::default());
        let mut no_store = response(1);
        no_store
            .headers
            .insert(CACHE_CONTROL, HeaderValue::from_static("private, No-Store"));
        let mut untagged = response(1);
        untagged.headers.clear();
        let mut partial = response(1);
        partial.status = StatusCode::PARTIAL_CONTENT;
        for response in [no_store, untagged, partial] {
            cache.store(key("a"), &response);
            assert!(cache.get(&key("a")).is_none());
        }
    }
}
