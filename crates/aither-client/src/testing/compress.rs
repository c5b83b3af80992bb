//! Compression of large answers, as Hemera compresses them.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use hemera_types::{ContentCoding, ETag, Named as _};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG};
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Version};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate as _, SizeAbove};

/// The smallest body that is compressed, in bytes.
const THRESHOLD: u64 = 4096;

/// Which answers are compressed.
type Worthwhile = And<SizeAbove, fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool>;

/// Marks the answer of an operation: the only ones that are compressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct OfOperation;

/// Compresses large successes of operations.
pub(super) fn layer() -> CompressionLayer<Worthwhile> {
    let is_success = |status, _: Version, _: &HeaderMap, extensions: &Extensions| {
        status == StatusCode::OK && extensions.get::<OfOperation>().is_some()
    };
    CompressionLayer::new()
        .gzip(true)
        .br(true)
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(THRESHOLD).and(is_success as fn(_, _, &_, &_) -> _))
}

/// Around the [`layer`]: leaves it the one coding that the contract says, for reads alone, and gives the variant its tag.
pub(super) async fn choose(mut request: Request, next: Next) -> Response {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let coding = preferred(request.headers()).filter(|_| is_read);
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

/// The coding of the greatest weight, Brotli where both weigh the same; none where the plain body weighs more.
fn preferred(headers: &HeaderMap) -> Option<ContentCoding> {
    let listed: Vec<(&str, f32)> = headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(weighted)
        .collect();
    let weight = |wanted: &str| {
        let found = listed.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, weight)| *weight)
    };
    let [others, plain] = ["*", "identity"].map(|name| weight(name).unwrap_or_default());
    let weights = ContentCoding::ALL
        .iter()
        .map(|coding| (*coding, weight(coding.name()).unwrap_or(others)));
    // The last of two equal ones: Brotli.
    let (coding, best) = weights.max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    (best > 0.0 && best >= plain).then_some(coding)
}

/// A coding and its weight; none where the weight is no number of the contract.
fn weighted(listed: &str) -> Option<(&str, f32)> {
    let Some((name, weight)) = listed.split_once(';') else {
        return Some((listed.trim(), 1.0));
    };
    let weight = weight.trim();
    let number = weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="))?;
    let number = number.trim().parse().ok();
    number
        .filter(|number| (0.0..=1.0).contains(number))
        .map(|number| (name.trim(), number))
}

fn tag_of_variant(headers: &HeaderMap) -> Option<HeaderValue> {
    let coding = ContentCoding::parse(headers.get(CONTENT_ENCODING)?.to_str().ok()?).ok()?;
    let tag = ETag::parse(headers.get(ETAG)?.to_str().ok()?).ok()?;
    HeaderValue::from_str(&tag.of_variant(coding).to_string()).ok()
}
