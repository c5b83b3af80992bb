//! The routes: one for each operation, and what is answered where there is none.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{Extension, RawPathParams, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, get, on};
use hemera_types::header::X_AUDIT_RECORD;
use hemera_types::{ErrorCode, Meta, Named as _, Operation, RequestId, SERVICE_API};
use http::header::CONNECTION;
use http::{HeaderValue, Method, StatusCode, Uri};
use uuid::Uuid;

use super::answer::Answer;
use super::compress::{self, OfOperation};
use super::error_answer::ErrorAnswer;
use super::fault::Fault;
use super::framing;
use super::order::{Progress, check, put_limit};
use super::received::Received;
use super::state::HemeraState;
use super::usage_tally::CountedRequest;

/// What names a request.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    pub(super) request_id: RequestId,
    /// Its number in the journal.
    pub(super) number: u64,
}

/// Marks a response that must not be sent: the connection is closed instead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unsent;

/// All routes.
pub(super) fn router(hemera: &Arc<HemeraState>) -> Router {
    let mut router = Router::new()
        .route("/livez", get(|| async { "live\n" }))
        .route("/readyz", get(|| async { "ready\n" }));
    for operation in Operation::ALL {
        let spec = operation.spec();
        let Ok(method) = MethodFilter::try_from(spec.method.clone()) else {
            continue;
        };
        let handler =
            move |hemera, exchange, params, request| answer(*operation, hemera, exchange, params, request);
        router = router.route(spec.path, on(method, handler));
    }
    router
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(from_fn_with_state(Arc::clone(hemera), check_framing))
        .layer(compress::layer())
        .layer(from_fn(compress::choose))
        .with_state(Arc::clone(hemera))
}

async fn answer(
    operation: Operation,
    State(hemera): State<Arc<HemeraState>>,
    Extension(exchange): Extension<Exchange>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (method, headers) = (parts.method.clone(), parts.headers.clone());
    let received = Received::new(parts, body, params);
    let id = received.id.as_ref().ok().cloned().flatten();
    hemera.journal.complete(exchange.number, |entry| {
        entry.operation = Some(operation);
        entry.id = id;
    });
    let fault = hemera.faults.take(operation);
    match fault {
        Some(Fault::Slow(wait)) => hemera.sleep.sleep(wait).await,
        Some(Fault::Dropped) => return unsent(),
        _ => {}
    }
    let mut progress = Progress::default();
    let answered = check(&hemera, operation, received, fault, &mut progress).await;
    let meta = Meta::new(exchange.request_id, hemera.now());
    let items = answered.as_ref().map_or(0, Answer::items);
    let mut response = match answered {
        Ok(answer) => answer.respond(&method, &headers, meta),
        Err(error) => error.respond(meta),
    };
    let now = hemera.clock.now().wall;
    if let Some(decision) = &progress.decision {
        put_limit(decision, response.headers_mut(), now);
    }
    let subject = progress.caller.as_ref().map(|caller| caller.subject.as_str());
    let is_sent = response.status() == StatusCode::OK && method != Method::HEAD;
    let counted = CountedRequest {
        subject,
        operation: Some(operation),
        status: response.status(),
        items: if is_sent { items } else { 0 },
    };
    hemera.usage.count(now, counted);
    name_record(&mut response);
    response.extensions_mut().insert(OfOperation);
    if fault == Some(Fault::AnswerLost) {
        return unsent();
    }
    response
}

fn unsent() -> Response {
    (Extension(Unsent), Body::empty()).into_response()
}

/// Refuses a request whose host or end is in doubt, before its route is asked.
async fn check_framing(State(hemera): State<Arc<HemeraState>>, request: Request, next: Next) -> Response {
    let Err(fields) = framing::check(request.version(), request.headers()) else {
        return next.run(request).await;
    };
    let Some(exchange) = request.extensions().get::<Exchange>().cloned() else {
        return next.run(request).await;
    };
    let mut response = unrouted(&hemera, exchange, request.uri(), &fields.into());
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

async fn not_found(
    State(hemera): State<Arc<HemeraState>>,
    Extension(exchange): Extension<Exchange>,
    uri: Uri,
) -> Response {
    let error = ErrorAnswer::new(ErrorCode::NotFound)
        .with_message("No such route: see the API's documentation for its paths");
    unrouted(&hemera, exchange, &uri, &error)
}

async fn method_not_allowed(
    State(hemera): State<Arc<HemeraState>>,
    Extension(exchange): Extension<Exchange>,
    uri: Uri,
) -> Response {
    unrouted(
        &hemera,
        exchange,
        &uri,
        &ErrorAnswer::new(ErrorCode::MethodNotAllowed),
    )
}

/// The refusal of a request without a route. Those for something under the service API are counted and recorded.
fn unrouted(hemera: &HemeraState, exchange: Exchange, uri: &Uri, error: &ErrorAnswer) -> Response {
    let mut response = error.respond(Meta::new(exchange.request_id, hemera.now()));
    if uri.path().starts_with(SERVICE_API) {
        let now = hemera.clock.now().wall;
        hemera
            .usage
            .count(now, CountedRequest::unrouted(response.status()));
        name_record(&mut response);
    }
    response
}

/// Says which record the audit log would have of the request.
fn name_record(response: &mut Response) {
    if let Ok(value) = HeaderValue::try_from(Uuid::new_v4().to_string()) {
        response.headers_mut().insert(X_AUDIT_RECORD, value);
    }
}
