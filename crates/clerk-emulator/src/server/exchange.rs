//! One request and its answer: method override, journal, faults, version, and then the routes.

use std::net::IpAddr;

use axum::Router;
use axum::body::Body;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, Method, Request};
use hyper::body::Incoming;
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::body;
use crate::app::App;
use crate::backend::version::Version;
use crate::control;
use crate::fault::{Effect, Fault};
use crate::frontend::visitor::Peer;
use crate::id;
use crate::refusal::Refusal;
use crate::wire::query::Query;
use crate::wire::reply::TRACE_ID;

/// The connection is to end without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut by a fault")]
pub(crate) struct Cut;

/// A page as a failing proxy in between sends it.
const GARBAGE: &str = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>";

pub(super) async fn answer(
    app: App,
    router: Router,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response, Cut> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer));
    if control::is_control(request.uri().path()) {
        return with_body(request, |request| pass(router, request)).await;
    }
    override_method(&mut request);
    let (method, path) = (
        request.method().as_str().to_owned(),
        request.uri().path().to_owned(),
    );
    let number = app.journal.open(&method, &path, app.now());
    let recorded = app.recorder.note(&request);
    let mut by_fault = false;
    let faulty = match app.faults.take(&method, &path) {
        Some((fault, cleared)) => {
            by_fault = fault.replaces_the_answer();
            with_fault(&fault, cleared, router, request).await
        }
        None => with_body(request, |request| carry_out(router, request)).await,
    };
    let mut response = faulty.inspect_err(|_| tracing::info!(%method, %path, "cut"))?;
    if !response.headers().contains_key(TRACE_ID)
        && let Ok(value) = HeaderValue::try_from(id::hex::<8>())
    {
        response.headers_mut().insert(TRACE_ID, value);
    }
    let status = response.status().as_u16();
    app.journal.close(number, status);
    tracing::info!(%method, %path, status);
    match recorded {
        Some(recorded) => Ok(app.recorder.record(recorded, by_fault, response).await),
        None => Ok(response),
    }
}

async fn with_fault(
    fault: &Fault,
    mut cleared: watch::Receiver<u64>,
    router: Router,
    request: Request<Body>,
) -> Result<Response, Cut> {
    if !fault.delay().is_zero() {
        tokio::time::sleep(fault.delay()).await;
    }
    if *fault.effect() == Effect::Cut {
        return Err(Cut);
    }
    let answered = with_body(request, async |request| match fault.effect() {
        Effect::Status(status) => of_status(*status).into_response(),
        Effect::RetryAfter(seconds) => Refusal::too_many_requests(*seconds).into_response(),
        Effect::Garbage => Html(GARBAGE).into_response(),
        Effect::Hold => {
            // An error means that the sender is gone, and with it the emulator.
            let _ = cleared.changed().await;
            carry_out(router, request).await
        }
        Effect::None | Effect::LoseAnswer | Effect::Cut => carry_out(router, request).await,
    });
    match (answered.await, fault.effect()) {
        (Ok(_), Effect::LoseAnswer) => Err(Cut),
        (answered, _) => answered,
    }
}

/// Answers a request once its body has arrived, or says why it cannot be read.
async fn with_body(
    request: Request<Body>,
    answer: impl AsyncFnOnce(Request<Body>) -> Response,
) -> Result<Response, Cut> {
    let (parts, body) = request.into_parts();
    match body::read(body).await {
        Ok(bytes) => Ok(answer(Request::from_parts(parts, Body::from(bytes))).await),
        Err(unread) => unread.into_response().ok_or(Cut),
    }
}

async fn carry_out(router: Router, mut request: Request<Body>) -> Response {
    let query = Query::parse(request.uri().query().unwrap_or_default());
    match Version::of(request.headers(), &query) {
        Ok(version) => {
            request.extensions_mut().insert(version);
            pass(router, request).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn pass(router: Router, request: Request<Body>) -> Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Browsers tunnel PATCH, PUT and DELETE through POST with `_method`.
fn override_method(request: &mut Request<Body>) {
    let path = request.uri().path();
    let can_tunnel = path.starts_with("/v1/client") || path == "/v1/environment";
    if request.method() != Method::POST || !can_tunnel {
        return;
    }
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let wanted = query
        .get("_method")
        .and_then(|name| name.to_ascii_uppercase().parse().ok());
    if let Some(method @ (Method::PATCH | Method::PUT | Method::DELETE)) = wanted {
        *request.method_mut() = method;
    }
}

/// The refusal that goes with the status of a fault.
fn of_status(status: u16) -> Refusal {
    let (code, message) = match status {
        401 => ("authentication_invalid", "Invalid authentication"),
        403 => ("authorization_invalid", "Unauthorized request"),
        404 => ("resource_not_found", "not found"),
        429 => (
            "too_many_requests",
            "Too many requests. Please try again in a bit.",
        ),
        504 => ("gateway_timeout", "Gateway timeout"),
        500.. => ("internal_clerk_error", "Oops, an unexpected error occurred"),
        _ => ("bad_request", "Bad request"),
    };
    Refusal::new(
        status,
        code,
        message,
        "This answer was asked for by a fault of clerk-emulator",
    )
}
