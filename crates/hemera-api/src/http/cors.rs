//! Cross-origin requests from browsers.
//!
//! A preflight from a configured origin is answered here, before a route is asked. Any other `OPTIONS` goes on to the
//! routes, which have no such method: 405, or 404.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hemera_types::Operation;
use hemera_types::header::{
    RATELIMIT, RATELIMIT_POLICY, TRACEPARENT, X_API_KEY, X_AUDIT_RECORD, X_RATELIMIT_LIMIT,
    X_RATELIMIT_REMAINING, X_RATELIMIT_RESET, X_REQUEST_ID,
};
use http::header::{
    ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LINK, ORIGIN,
    RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{HeaderValue, Method, StatusCode};
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::CorsLayer;

use crate::config::CorsConfig;

/// How long a browser may remember the answer to a preflight.
const MAX_AGE: Duration = Duration::from_mins(10);

/// The rules for cross-origin requests. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Cors {
    origins: Arc<[HeaderValue]>,
    layer: CorsLayer,
}

impl Cors {
    /// The rules; `None` where no origin is configured.
    pub(crate) fn new(config: &CorsConfig) -> Option<Self> {
        if config.origins.is_empty() {
            return None;
        }
        let layer = CorsLayer::new()
            .allow_origin(config.origins.clone())
            .allow_methods(methods())
            .allow_headers([
                AUTHORIZATION,
                CONTENT_TYPE,
                IF_MATCH,
                IF_NONE_MATCH,
                TRACEPARENT,
                X_API_KEY,
                X_REQUEST_ID,
            ])
            .expose_headers([
                ETAG,
                LINK,
                RATELIMIT,
                RATELIMIT_POLICY,
                RETRY_AFTER,
                WWW_AUTHENTICATE,
                X_AUDIT_RECORD,
                X_RATELIMIT_LIMIT,
                X_RATELIMIT_REMAINING,
                X_RATELIMIT_RESET,
                X_REQUEST_ID,
            ])
            .max_age(MAX_AGE);
        Some(Self {
            origins: config.origins.clone().into(),
            layer,
        })
    }

    fn is_preflight(&self, request: &Request) -> bool {
        let headers = request.headers();
        request.method() == Method::OPTIONS
            && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
            && headers
                .get(ORIGIN)
                .is_some_and(|origin| self.origins.contains(origin))
    }
}

/// The methods of the routes: those of the public ones, which are for reading, and those that operations have besides.
fn methods() -> Vec<Method> {
    let of_operations = Operation::methods().filter(|method| *method != Method::GET);
    [Method::GET, Method::HEAD]
        .into_iter()
        .chain(of_operations.cloned())
        .collect()
}

/// Answers preflights, and marks every other answer.
pub(crate) async fn apply(State(cors): State<Cors>, request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS && !cors.is_preflight(&request) {
        return next.run(request).await;
    }
    // The layer answers a preflight itself, with 200 and an empty body.
    let preflight = request.method() == Method::OPTIONS;
    let Ok(mut response) = cors.layer.layer(next).oneshot(request).await;
    if preflight {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response
}
