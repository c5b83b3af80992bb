//! Requests: how many, how long, how many at once, and which faults were ours.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hemera_types::{Named as _, Operation};
use http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::http::health;
use crate::http::state::AppState;
use crate::wire::error::ApiError;
use crate::wire::extract::Exchange;

/// Upper bounds in seconds: from a read by id, which takes a tenth of a millisecond, to the handler's time-out.
const SECONDS: [f64; 15] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0,
];

/// What is counted of requests.
#[derive(Debug)]
pub(crate) struct HttpMetrics {
    requests: Family<RequestLabels, Counter>,
    duration: Family<DurationLabels, Histogram>,
    in_flight: Gauge,
    failures: Family<FailureLabels, Counter>,
}

/// The status is one of the contract's: the router gives no others.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DurationLabels {
    operation: &'static str,
    status_class: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FailureLabels {
    reason: &'static str,
}

/// What is known of a request before it is answered.
#[derive(Clone, Copy, Debug)]
struct Asked {
    operation: &'static str,
    method: &'static str,
}

/// A request that is being answered, or whose caller has gone.
struct Present(Gauge);

impl HttpMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            duration: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            in_flight: Gauge::default(),
            failures: Family::default(),
        };
        registry.register(
            "http_requests",
            "Requests that were answered",
            metrics.requests.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "From a request's head to its answer's",
            Unit::Seconds,
            metrics.duration.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "Requests that are being answered",
            metrics.in_flight.clone(),
        );
        registry.register(
            "http_failures",
            "Answers with a status of 500 or more, by inner reason",
            metrics.failures.clone(),
        );
        metrics
    }

    fn answered(&self, asked: Asked, response: &Response, seconds: f64) {
        let status = response.status();
        let Asked { operation, method } = asked;
        let labels = RequestLabels {
            operation,
            method,
            status: status.as_u16(),
        };
        self.requests.get_or_create(&labels).inc();
        let labels = DurationLabels {
            operation,
            status_class: class_of(status),
        };
        self.duration.get_or_create(&labels).observe(seconds);
        if status.is_server_error() {
            let error = response.extensions().get::<ApiError>();
            let reason = error.and_then(ApiError::reason).unwrap_or("unnamed");
            self.failures.get_or_create(&FailureLabels { reason }).inc();
        }
    }
}

/// Counts a request when its answer is known.
pub(crate) async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let started = request.extensions().get().map(Exchange::started);
    let started = started.unwrap_or_else(|| state.clock.now());
    state.metrics.http.in_flight.inc();
    let present = Present(state.metrics.http.in_flight.clone());
    let response = next.run(request).await;
    drop(present);
    let seconds = state.clock.now().since(started).as_secs_f64();
    state.metrics.http.answered(asked, &response, seconds);
    response
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Asked {
    fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>();
        Self {
            operation: operation(route.map(MatchedPath::as_str), request.method()),
            method: word(request.method()),
        }
    }
}

/// The operation of a route; of several on one path, the one with this method. Probes, other public routes and what
/// has no route have a word each.
fn operation(route: Option<&str>, method: &Method) -> &'static str {
    let Some(route) = route else { return "unmatched" };
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let mut on_path = Operation::ALL
        .iter()
        .filter(|operation| operation.path_template() == route);
    let exact = on_path.clone().find(|operation| operation.method() == method);
    match exact.or_else(|| on_path.next()) {
        Some(operation) => operation.name(),
        None if health::ROUTES.contains(&route) => "health",
        None => "public",
    }
}

fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500..600 => "5xx",
        _ => "other",
    }
}
