//! One line in the log and one count for each request.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::refusal::Cause;

/// The route of a request that no route matches.
const NO_ROUTE: &str = "none";

/// Logs and counts a request when it has been answered: never its headers, its query or its body, in which there are the key,
/// ids and playback addresses.
pub(crate) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = app.clock.now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = matched.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let status = response.status().as_u16();
    let took_ms = u64::try_from(app.clock.now().since(began).as_millis()).unwrap_or(u64::MAX);
    if let Some(Cause(cause)) = response.extensions().get() {
        tracing::warn!(%method, route, status, took_ms, cause, "request failed");
    } else {
        tracing::info!(%method, route, status, took_ms, "request answered");
    }
    app.figures.answered(route, status);
    response
}
