//! `GET /openapi.json`

use std::sync::LazyLock;

use axum::response::Response;
use http::HeaderMap;

use super::fixed::Fixed;
use crate::http::openapi;

static DOCUMENT: LazyLock<Fixed> =
    LazyLock::new(|| Fixed::new("application/json", openapi::text().as_bytes()));

/// The document, or that the caller has it already.
pub(crate) async fn document(headers: HeaderMap) -> Response {
    DOCUMENT.answer(&headers).await
}
