//! The response cache during a call: what is offered with an attempt, and what becomes of it.

use http::StatusCode;
use tracing::debug;

use super::exchange::Exchange;
use super::{Pipeline, RawSuccess};
use crate::error::Error;
use crate::response_cache::{CacheKey, CachedResponse, ResponseCache};
use crate::send::{HttpResponse, SendError};
use crate::token::Token;

/// The key for the response to an attempt, and the response that is cached under it now.
#[derive(Default)]
pub(super) struct CacheLookup {
    pub(super) key: Option<CacheKey>,
    pub(super) cached: Option<CachedResponse>,
}

impl Exchange<'_> {
    /// Looked up for each attempt: a new token may have another subject.
    pub(super) fn look_up(&self, token: &Token) -> CacheLookup {
        let Some(cache) = &self.pipeline.response_cache else {
            return CacheLookup::default();
        };
        let key = ResponseCache::key(self.call, token);
        let offered = key.as_ref().filter(|_| !self.skip_if_none_match);
        let cached = offered.and_then(|key| cache.get(key));
        CacheLookup { key, cached }
    }

    /// The complete response that a 304 confirms. `None` if it does not confirm the cached one: then the call is sent once
    /// more without `If-None-Match`.
    pub(super) fn confirm(
        &mut self,
        cached: Option<CachedResponse>,
        unchanged: &HttpResponse,
    ) -> Result<Option<HttpResponse>, Error> {
        if let Some(whole) = cached.and_then(|cached| cached.confirmed_by(unchanged)) {
            return Ok(Some(whole));
        }
        if self.skip_if_none_match {
            return Err(Error::answered(unchanged));
        }
        debug!("the 304 does not confirm the cached response; sending once more without If-None-Match");
        self.skip_if_none_match = true;
        Ok(None)
    }

    /// Removes a response that the caller may no longer see, or whose resource no longer exists.
    pub(super) fn remove_if_gone(&self, key: Option<&CacheKey>, outcome: &Result<HttpResponse, SendError>) {
        let gone = |status| matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
        let is_gone = outcome.as_ref().is_ok_and(|answer| gone(answer.status));
        if let (Some(cache), Some(key), true) = (&self.pipeline.response_cache, key, is_gone) {
            cache.remove(key);
        }
    }
}

impl Pipeline {
    /// Caches a response that could be decoded.
    pub(crate) fn cache(&self, raw: RawSuccess) {
        if let (Some(cache), Some(key)) = (&self.response_cache, raw.key) {
            cache.store(key, &raw.response);
        }
    }

    /// Removes a response that could not be decoded, so that it is sent in full the next time.
    pub(crate) fn remove_cached(&self, raw: &RawSuccess) {
        if let (Some(cache), Some(key)) = (&self.response_cache, &raw.key) {
            cache.remove(key);
        }
    }
}
