//! One line per request, with what an operator needs to find it again, and nothing that is secret or personal: no
//! tokens, no query, no path other than the route's own text.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use tracing::{Instrument as _, info_span};

use crate::auth::Caller;
use crate::http::health;
use crate::http::observe::operation;
use crate::http::state::AppState;
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::RequestContext;

/// Writes the line after the answer is known, also where the caller has gone by then. 5xx are errors, what a caller did
/// wrong is not.
pub(crate) async fn request_log(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let Some(context) = request.extensions().get::<RequestContext>().cloned() else {
        return next.run(request).await;
    };
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let span = info_span!("request", request_id = %context.id(), trace_id = %context.trace_id());
    let response = next.run(request).instrument(span.clone()).await;

    let line = Line {
        context: &context,
        operation: operation(route, &method),
        method: method.as_str(),
        route: route.unwrap_or("(none)"),
        status: response.status(),
        micros: u64::try_from(state.clock.now().since(context.started()).as_micros()).unwrap_or(u64::MAX),
        caller: response.extensions().get(),
        error: response.extensions().get(),
    };
    span.in_scope(|| line.write());
    response
}

struct Line<'a> {
    context: &'a RequestContext,
    operation: &'static str,
    method: &'a str,
    route: &'a str,
    status: StatusCode,
    micros: u64,
    caller: Option<&'a Caller>,
    error: Option<&'a ApiError>,
}

impl Line<'_> {
    fn reason(&self) -> Option<Reason> {
        self.error.and_then(ApiError::reason)
    }

    fn write(&self) {
        let cause = self.error.and_then(ApiError::cause);
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    operation = self.operation,
                    method = self.method,
                    route = self.route,
                    status = self.status.as_u16(),
                    micros = self.micros,
                    caller_span = self.context.caller_span().map(tracing::field::display),
                    client = self.context.client().map(tracing::field::display),
                    subject = self.caller.map(|caller| &*caller.subject),
                    role = self.caller.map(|caller| caller.role.name()),
                    proof = self.caller.map(|caller| caller.proof.kind()),
                    key = self.caller.and_then(|caller| caller.proof.key_name()),
                    code = self
                        .error
                        .map(|error| tracing::field::display(error.code())),
                    reason = self.reason().map(Reason::name),
                    caller_gone = self.context.caller_gone().is_cancelled().then_some(true),
                    cause = cause.as_deref(),
                    "request"
                )
            };
        }
        // Probes come every few seconds and say nothing as long as all is well.
        if health::ROUTES.contains(&self.route) {
            line!(debug);
        } else if self.status.is_server_error() && self.reason() != Some(Reason::CallerGone) {
            line!(error);
        } else {
            line!(info);
        }
    }
}
