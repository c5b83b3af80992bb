//! Compression of large answers, for callers that take it.
//!
//! A compressed variant is another sequence of bytes, so its strong entity tag is another one: that of the resource
//! with the coding behind it. Conditions strip it again (`hemera_types::ETag`).

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use hemera_types::{ContentCoding, ETag, Named as _};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG};
use http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate as _, SizeAbove};

use super::is_safe;
use crate::auth::Caller;

/// The smallest body that is compressed, in bytes: about three packets. Below, the time that it takes buys nothing.
const THRESHOLD: u64 = 4096;

/// Which answers are worth it.
type Worthwhile = And<SizeAbove, fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool>;

/// Compresses the bodies of successes from [`THRESHOLD`] on. At the fastest level: it takes most of what can be taken
/// from JSON, and the others cost more time than they save on any but the slowest line.
pub(crate) fn layer() -> CompressionLayer<Worthwhile> {
    CompressionLayer::new()
        .gzip(true)
        .br(true)
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(THRESHOLD).and(is_success as fn(_, _, &_, &_) -> _))
}

/// An error is small, and only a proven caller makes us work.
fn is_success(status: StatusCode, _: Version, _: &HeaderMap, answer: &Extensions) -> bool {
    status == StatusCode::OK && answer.get::<Caller>().is_some()
}

/// Around the [`layer`]: settles what it may do for this request, and names the variant that it made.
pub(crate) async fn name_variant(mut request: Request, next: Next) -> Response {
    // The layer sees one coding or none. Left with a list that admits nothing, not even the plain body, it would
    // answer 406 after a handler has done its work; RFC 9110, section 12.5.3, lets us disregard such a list.
    let coding = Some(request.headers())
        .filter(|_| is_safe(request.method()))
        .and_then(preferred);
    request.headers_mut().remove(ACCEPT_ENCODING);
    if let Some(coding) = coding {
        let name = HeaderValue::from_static(coding.name());
        request.headers_mut().insert(ACCEPT_ENCODING, name);
    }
    let mut response = next.run(request).await;
    if let Some(tag) = tag_of_variant(response.headers()) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// The coding that the caller gives the most weight, Brotli where it has no preference; none where it takes none, or
/// would rather have the plain body.
fn preferred(headers: &HeaderMap) -> Option<ContentCoding> {
    let lines = headers.get_all(ACCEPT_ENCODING).iter();
    let listed: Vec<(&str, f32)> = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(weighted)
        .collect();
    let weight_of = |wanted: &str| {
        let found = listed.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, weight)| *weight)
    };
    let others = weight_of("*").unwrap_or(0.0);
    let plain = weight_of("identity").unwrap_or(0.0);
    let codings = ContentCoding::ALL.iter();
    let weights = codings.map(|coding| (*coding, weight_of(coding.name()).unwrap_or(others)));
    let best = weights.max_by(|(_, one), (_, other)| one.total_cmp(other));
    best.filter(|(_, weight)| *weight > 0.0 && *weight >= plain)
        .map(|(coding, _)| coding)
}

/// A coding and its weight. One that cannot be understood is as good as not listed.
fn weighted(listed: &str) -> Option<(&str, f32)> {
    let Some((name, weight)) = listed.split_once(';') else {
        return Some((listed.trim(), 1.0));
    };
    let weight = weight.trim();
    let weight = weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="))?;
    let weight = weight
        .trim()
        .parse()
        .ok()
        .filter(|weight| (0.0..=1.0).contains(weight))?;
    Some((name.trim(), weight))
}

fn tag_of_variant(headers: &HeaderMap) -> Option<HeaderValue> {
    let coding = headers.get(CONTENT_ENCODING)?.to_str().ok()?;
    let coding = ContentCoding::parse(coding).ok()?;
    let tag = ETag::parse(headers.get(ETAG)?.to_str().ok()?).ok()?;
    HeaderValue::from_str(&tag.of_variant(coding).to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coding_of_most_weight_is_chosen_and_brotli_without_a_preference() {
        for (header, chosen) in [
            ("", None),
            ("identity", None),
            ("deflate, zstd", None),
            ("gzip", Some(ContentCoding::Gzip)),
            ("GZip;q=0.5", Some(ContentCoding::Gzip)),
            ("gzip, br", Some(ContentCoding::Brotli)),
            ("br;q=0.4, gzip ; q=0.8", Some(ContentCoding::Gzip)),
            ("*", Some(ContentCoding::Brotli)),
            ("br;q=0, *;q=0.1", Some(ContentCoding::Gzip)),
            ("gzip;q=0, br;q=0.000", None),
            ("identity, gzip;q=0.5", None),
            ("identity;q=0", None),
            ("*;q=0", None),
            ("gzip;q=foo, identity;q=0", None),
            ("gzip;q=NaN, br;q=7", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(header));
            assert_eq!(preferred(&headers), chosen, "{header:?}");
        }
    }
}
