//! The layers around every route, and why they are in this order.
//!
//! 1. `begin`: makes the request context, so that everything further in, a panic included, has its request id; puts the
//!    headers that every answer carries; and runs the rest in a task of its own. A caller that goes away in the middle
//!    would otherwise leave a statement cut off half-way, and no line, count or record of what it has seen or done. The
//!    server waits for these tasks when it stops.
//! 2. `log`: the span and the one line per request; outside the rest, to see what they answer.
//! 3. `observe`: counts and measures, for the same reason.
//! 4. compression: of large answers, whole envelopes, for callers that take it; it names the variant that it makes.
//! 5. `envelope`: writes the envelope around what comes from further in.
//! 6. `framing`: refuses requests whose host or end is in doubt.
//! 7. CORS: answers preflights before a route is asked, and marks every other answer, errors included.
//! 8. panics: a panic in a handler becomes a 500 that the layers outside treat like any other.
//!
//! There is no body-limit layer: bodies are read, and limited, after the credential has been checked.
//!
//! Three things travel outwards in the extensions of the response:
//!
//! - `PendingEnvelope`, the data of a success, from the handler's `Reply`. `order.rs` reads in it whether the handler's
//!   statement has written the audit record; `envelope` takes it out.
//! - `ApiError`, from the handler, an extractor, a check, the fallback or a caught panic. `order.rs` reads it for the
//!   audit record, `envelope` for the body, `observe` and `request_log` for code, reason and cause, `begin` for the link
//!   to its explanation.
//! - `Caller`, who has proved itself, from `order.rs`. Compression works for a proven caller alone, and `request_log`
//!   names it.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use hemera_types::header::X_REQUEST_ID;
use hemera_types::{Meta, Timestamp};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use tokio::task::JoinError;
use tower_http::catch_panic::CatchPanicLayer;

use crate::config::CorsConfig;
use crate::http::cors::Cors;
use crate::http::framing;
use crate::http::observe::observe;
use crate::http::request_log::request_log;
use crate::http::state::AppState;
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::RequestContext;
use crate::wire::respond::compress;
use crate::wire::respond::envelope::{envelope, enveloped};

/// How long a client that has spoken TLS with us must not fall back. A proxy that speaks it for us says so itself.
const ONE_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Puts the layers around the routes. The last one added is the outermost.
pub(crate) fn around(routes: Router<AppState>, state: &AppState, cors: &CorsConfig) -> Router<AppState> {
    let mut routes = routes.layer(catch_panics());
    if let Some(cors) = Cors::new(cors) {
        routes = routes.layer(from_fn_with_state(cors, crate::http::cors::apply));
    }
    routes
        .layer(from_fn_with_state(state.clone(), framing::check))
        .layer(from_fn_with_state(Arc::clone(&state.clock), envelope))
        .layer(compress::layer())
        .layer(from_fn(compress::name_variant))
        .layer(from_fn_with_state(state.clone(), observe))
        .layer(from_fn_with_state(state.clone(), request_log))
        .layer(from_fn_with_state(state.clone(), begin))
}

/// Makes the request context, and puts the headers that every answer carries.
async fn begin(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let context = RequestContext::begin(&request, state.clock.now(), state.settings.trusted_proxies);
    let id = HeaderValue::from_str(context.id().as_str());
    // Dropped with this future, when the connection ends before the answer.
    let present = context.caller_gone().clone().drop_guard();
    request.extensions_mut().insert(context.clone());
    let task = state.tasks.spawn(next.run(request));
    let mut response = task
        .await
        .unwrap_or_else(|lost| task_lost(&state, &context, lost));
    present.disarm();
    if let Ok(id) = id {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    state.help.put(&mut response);
    let headers = response.headers_mut();
    if state.settings.is_tls {
        headers.insert(STRICT_TRANSPORT_SECURITY, ONE_YEAR);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-store"));
    response
}

/// The answer where the task of a request ended without one: a layer outside the one that catches panics has panicked.
fn task_lost(state: &AppState, context: &RequestContext, lost: JoinError) -> Response {
    tracing::error!(request_id = %context.id(), trace_id = %context.trace_id(), cause = %lost, "the task of a request is lost");
    let error = ApiError::internal(lost).with_reason(Reason::RequestTaskLost);
    let meta = Meta::new(context.id().clone(), Timestamp::from(state.clock.now().wall));
    enveloped(error, meta)
}

/// Turns a panic into a 500. Its text goes to the log alone.
pub(crate) fn catch_panics() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(on_panic)
}

#[expect(clippy::needless_pass_by_value, reason = "the signature is the layer's")]
fn on_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<&'static str>()
        .map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    let cause = text.unwrap_or_else(|| "a panic without a text".to_owned());
    ApiError::internal(cause)
        .with_reason(Reason::Panic)
        .into_response()
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use hemera_types::RequestId;
    use tower::{ServiceBuilder, ServiceExt as _};

    use super::*;

    #[expect(clippy::panic, reason = "what is tested")]
    async fn panicking(_: Request) -> Result<Response, std::convert::Infallible> {
        panic!("a secret of the inside")
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error_whose_text_stays_inside() {
        let service = ServiceBuilder::new().layer(catch_panics()).service_fn(panicking);
        let response = service.oneshot(Request::default()).await.unwrap();
        assert_eq!(response.status(), 500);
        let error = response.extensions().get::<ApiError>().unwrap();
        assert_eq!(error.reason(), Some(Reason::Panic));
        let meta = Meta::new(RequestId::random(), Timestamp::from(SystemTime::UNIX_EPOCH));
        let body = serde_json::to_string(&error.to_failure(meta)).unwrap();
        assert!(!body.contains("secret"), "{body}");
        assert_eq!(error.cause().as_deref(), Some("a secret of the inside"));
    }
}
