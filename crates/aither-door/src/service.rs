//! The way of a request through the door: its origin is checked, then the key, then what it wants; then it is answered, counted
//! and logged.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use aither_client::hemera_types::header::X_REQUEST_ID;
use aither_client::hemera_types::{Named as _, Operation, RequestId};
use freshness::Moment;
use http::request::Parts;
use http::{HeaderMap, Request, StatusCode};
use hyper::body::Incoming;
use tower::Service;

use crate::answer::{Answer, Problem};
use crate::check;
use crate::entrance::Entrance;
use crate::health;
use crate::place::Place;
use crate::refusal::Refusal;
use crate::relay;
use crate::shared::Shared;
use crate::target::{NoTarget, Target};

/// Answers the requests of one connection.
#[derive(Clone, Debug)]
pub(crate) struct DoorService {
    shared: Arc<Shared>,
    entrance: Entrance,
    /// Kept as long as the connection is served.
    place: Option<Arc<Place>>,
}

/// A request that is being answered.
struct Asked {
    id: RequestId,
    started: Moment,
}

impl DoorService {
    pub(crate) fn new(shared: Arc<Shared>, entrance: Entrance) -> Self {
        Self {
            shared,
            entrance,
            place: None,
        }
    }

    /// The same for one connection.
    pub(crate) fn with_place(mut self, place: Place) -> Self {
        self.place = Some(Arc::new(place));
        self
    }

    async fn answer(self, request: Request<Incoming>) -> Answer {
        let (parts, body) = request.into_parts();
        let asked = Asked {
            id: request_id(&parts.headers),
            started: self.shared.clock.now(),
        };
        match self.admit(&parts) {
            Err(none) => self.refuse(&asked, none.refusal, none.allow, None),
            Ok(Target::Live) => health::live(),
            Ok(Target::Ready) => health::ready(&self.shared.client).await,
            Ok(Target::Metrics) => health::metrics(&self.shared.metrics),
            Ok(Target::Operation(operation, id)) => self.pass(asked, operation, id, parts, body).await,
        }
    }

    /// What a request wants, if it may come in. Without the key, a caller learns nothing about paths.
    fn admit(&self, parts: &Parts) -> Result<Target, NoTarget> {
        check::origin(&self.entrance, parts)?;
        let target = Target::find(&parts.method, parts.uri.path());
        if !target.as_ref().is_ok_and(Target::is_open) {
            check::key(&self.entrance, parts)?;
        }
        target
    }

    /// Passes a request on to Hemera, and the response back.
    async fn pass(
        &self,
        asked: Asked,
        operation: Operation,
        id: Option<String>,
        parts: Parts,
        body: Incoming,
    ) -> Answer {
        let shared = &self.shared;
        let body = match relay::body(operation, &parts, body, &shared.limits).await {
            Ok(body) => body,
            Err(refusal) => return self.refuse(&asked, refusal, None, Some(operation)),
        };
        let mut counted = Counted {
            shared,
            operation,
            asked: &asked,
            entrance: self.entrance.name(),
            ended: None,
        };
        match relay::relay(&shared.client, operation, id, &asked.id, &parts, body).await {
            Ok(relayed) => {
                counted.ended = Some((relayed.status, None));
                drop(counted);
                relay::answer(relayed)
            }
            Err(error) => {
                let problem = relay::problem(&error);
                counted.ended = Some((problem.code.status(), Some(problem.reason)));
                drop(counted);
                problem.into_answer(&asked.id, shared.clock.now().wall)
            }
        }
    }

    fn refuse(
        &self,
        asked: &Asked,
        refusal: Refusal,
        allow: Option<String>,
        operation: Option<Operation>,
    ) -> Answer {
        let shared = &self.shared;
        let reason = refusal.reason();
        shared.metrics.refused(reason);
        shared
            .report
            .refused(self.entrance.name(), reason, asked.id.as_str());
        Problem::refused(refusal, allow, operation).into_answer(&asked.id, shared.clock.now().wall)
    }
}

/// Counts and logs a request that was let through when it ends, also where its caller goes away before that.
struct Counted<'a> {
    shared: &'a Shared,
    operation: Operation,
    asked: &'a Asked,
    entrance: &'static str,
    /// The status of the response, and why it is not Hemera's. `None`: there is none.
    ended: Option<(StatusCode, Option<&'static str>)>,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        let outcome = match self.ended {
            None => "cancelled",
            Some((_, Some(reason))) => reason,
            Some((status, None)) if status.is_server_error() => "server_error",
            Some((status, None)) if status.is_client_error() => "client_error",
            Some((StatusCode::NOT_MODIFIED, None)) => "not_modified",
            Some((_, None)) => "ok",
        };
        let took = self.shared.clock.now().since(self.asked.started);
        let operation = self.operation.name();
        self.shared.metrics.request(operation, outcome, took);
        tracing::info!(
            operation,
            outcome,
            status = self.ended.map(|(status, _)| status.as_u16()),
            took_ms = took.as_millis(),
            request_id = %self.asked.id,
            entrance = self.entrance,
            "passed on"
        );
    }
}

/// The caller's id of the request, or a new one.
fn request_id(headers: &HeaderMap) -> RequestId {
    let mut ids = headers.get_all(X_REQUEST_ID).iter();
    let only = ids.next().filter(|_| ids.next().is_none());
    only.and_then(|id| RequestId::accept(id.as_bytes()))
        .unwrap_or_else(RequestId::random)
}

impl Service<Request<Incoming>> for DoorService {
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.answer(request).await) })
    }
}
