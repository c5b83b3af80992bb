//! The layer that counts and measures requests.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hemera_types::{Named as _, Operation};
use http::Method;

use crate::http::health;
use crate::http::state::AppState;
use crate::metrics::{Example, RequestLabels};
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::RequestContext;

/// The word for probes, as an operation.
const HEALTH: &str = "health";

/// Counts a request when its answer is known.
pub(crate) async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let labels = labels_of(&request);
    let context = request.extensions().get::<RequestContext>();
    let started = context.map_or_else(|| state.clock.now(), RequestContext::started);
    // Of probes there is nothing in the log.
    let trace_id = context
        .map(RequestContext::trace_id)
        .filter(|_| labels.operation != HEALTH);
    let in_flight = state.metrics.http.begin();
    let response = next.run(request).await;
    drop(in_flight);
    let now = state.clock.now();
    let took = now.since(started);
    let example = trace_id.map(|trace_id| Example {
        trace_id,
        at: now.wall,
    });
    let error = response.extensions().get::<ApiError>();
    let reason = error.and_then(ApiError::reason).map(Reason::name);
    state
        .metrics
        .http
        .answered(labels, response.status(), took, reason, example);
    response
}

fn labels_of(request: &Request) -> RequestLabels {
    let route = request.extensions().get::<MatchedPath>();
    RequestLabels {
        operation: operation(route.map(MatchedPath::as_str), request.method()),
        method: method(request.method()),
    }
}

/// The operation of a route; of several on one path, the one with this method. Probes, other public routes and what
/// has no route have a word each.
pub(crate) fn operation(route: Option<&str>, method: &Method) -> &'static str {
    let Some(route) = route else { return "unmatched" };
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let mut on_path = Operation::ALL
        .iter()
        .filter(|operation| operation.spec().path == route);
    let exact = on_path
        .clone()
        .find(|operation| operation.spec().method == *method);
    match exact.or_else(|| on_path.next()) {
        Some(operation) => operation.name(),
        None if health::ROUTES.contains(&route) => HEALTH,
        None => "public",
    }
}

/// A caller can send any text as a method; a label is one of these.
fn method(method: &Method) -> &'static str {
    Operation::methods()
        .map(Method::as_str)
        .chain(["HEAD", "OPTIONS"])
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
}
