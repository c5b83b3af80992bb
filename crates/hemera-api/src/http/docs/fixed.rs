//! Content that is the same as long as the process runs.

use std::io::{self, Write as _};

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hemera_types::{ContentCoding, ETag, Named as _};
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::sync::OnceCell;

use crate::wire::respond::conditional::{IfNoneMatch, hash_tag};

/// How long anybody may keep it without asking: after an upgrade, the old content may be seen that long.
const CACHEABLE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// Most of what can be taken from text, in a tenth of the time that the last percents cost.
const BROTLI_QUALITY: i32 = 5;

/// Content with its type and its entity tag, and its compressed variants once somebody has asked for them: whoever may
/// ask does not make us work each time.
#[derive(Debug)]
pub(super) struct Fixed {
    content_type: &'static str,
    content: Bytes,
    tag: Option<ETag>,
    gzip: OnceCell<Option<Bytes>>,
    brotli: OnceCell<Option<Bytes>>,
}

impl Fixed {
    pub(super) fn new(content_type: &'static str, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        Self {
            content_type,
            tag: hash_tag(&[&content]),
            content,
            gzip: OnceCell::new(),
            brotli: OnceCell::new(),
        }
    }

    /// The content in the coding that the caller takes, or 304 for a caller who has it.
    pub(super) async fn answer(&self, request: &HeaderMap) -> Response {
        let if_none_match = IfNoneMatch::of(request);
        let confirmed = self.tag.as_ref().and_then(|tag| if_none_match.matching(tag));
        let mut response = if confirmed.is_some() {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            self.whole(request).await
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, CACHEABLE);
        headers.append(VARY, ACCEPT_ENCODING.into());
        let tag = confirmed.as_ref().or(self.tag.as_ref()).map(ToString::to_string);
        if let Some(Ok(tag)) = tag.map(HeaderValue::try_from) {
            headers.insert(ETAG, tag);
        }
        response
    }

    async fn whole(&self, request: &HeaderMap) -> Response {
        // The layer that names variants has left one coding, or none.
        let coding = request.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        let coding = coding.and_then(|name| ContentCoding::parse(name).ok());
        let variant = match coding {
            Some(coding) => self.variant(coding).await,
            None => None,
        };
        let content = variant.clone().unwrap_or_else(|| self.content.clone());
        let mut response = Body::from(content).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let (Some(coding), Some(_)) = (coding, variant) {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
        response
    }

    /// The content in this coding, made the first time; `None` where it would not be smaller.
    async fn variant(&self, coding: ContentCoding) -> Option<Bytes> {
        let place = match coding {
            ContentCoding::Gzip => &self.gzip,
            ContentCoding::Brotli => &self.brotli,
        };
        let make = || async {
            let content = self.content.clone();
            let made = tokio::task::spawn_blocking(move || compress(coding, &content)).await;
            let made = made.ok()?.ok()?;
            (made.len() < self.content.len()).then(|| Bytes::from(made))
        };
        place.get_or_init(make).await.clone()
    }
}

fn compress(coding: ContentCoding, content: &[u8]) -> io::Result<Vec<u8>> {
    match coding {
        ContentCoding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(content)?;
            encoder.finish()
        }
        ContentCoding::Brotli => {
            let parameters = BrotliEncoderParams {
                quality: BROTLI_QUALITY,
                ..BrotliEncoderParams::default()
            };
            let mut made = Vec::new();
            brotli::BrotliCompress(&mut &content[..], &mut made, &parameters)?;
            Ok(made)
        }
    }
}
