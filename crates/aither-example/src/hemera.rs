//! The client in a handler.

use std::convert::Infallible;

use aither_client::HemeraClient;
use aither_client::hemera_types::TraceParent;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::App;

/// The client, for calls on behalf of the request that is being answered.
///
/// Its calls belong to the trace of the request, so one trace id finds the request here and its calls at Hemera. It is a
/// clone: all handlers share one client.
#[derive(Debug)]
pub(crate) struct Hemera(pub(crate) HemeraClient);

impl FromRequestParts<App> for Hemera {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let header = parts.headers.get("traceparent");
        let parent = header.and_then(|header| TraceParent::parse(header.as_bytes()));
        Ok(Self(parent.map_or_else(
            || app.hemera.clone(),
            |parent| app.hemera.in_trace(parent),
        )))
    }
}
