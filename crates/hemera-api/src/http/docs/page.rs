//! `GET /docs`: the document as a page, where a developer can paste a token and try a call.
//!
//! Everything that the page needs comes from this server. What a page does with a pasted token is what its scripts do,
//! so nothing but ours may run in it, and nothing in it can reach another host.

use std::sync::LazyLock;

use axum::response::Response;
use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::fixed::Fixed;

/// Styles may be inline, because Scalar makes its own; they can load nothing either.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

static PAGE: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::new(
        "text/html; charset=utf-8",
        include_bytes!("assets/page.html").as_slice(),
    )
});
static SCRIPT: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::new(
        "text/javascript; charset=utf-8",
        include_bytes!("assets/page.js").as_slice(),
    )
});
static STYLE: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::new(
        "text/css; charset=utf-8",
        include_bytes!("assets/page.css").as_slice(),
    )
});
static REFERENCE: LazyLock<Fixed> = LazyLock::new(|| {
    let script = scalar_api_reference::get_asset("scalar.js").unwrap_or_default();
    Fixed::new("text/javascript; charset=utf-8", script)
});

/// The page.
pub(crate) async fn page(headers: HeaderMap) -> Response {
    let mut response = PAGE.answer(&headers).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// What it begins with.
pub(crate) async fn script(headers: HeaderMap) -> Response {
    SCRIPT.answer(&headers).await
}

/// The page's style sheet.
pub(crate) async fn style(headers: HeaderMap) -> Response {
    STYLE.answer(&headers).await
}

/// What it is made by.
pub(crate) async fn reference(headers: HeaderMap) -> Response {
    REFERENCE.answer(&headers).await
}
