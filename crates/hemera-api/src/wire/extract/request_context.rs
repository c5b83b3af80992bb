//! What is known of a request before anything of it was checked.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts, Request};
use freshness::Moment;
use hemera_types::{RequestId, SpanId, TraceId, TraceParent, header};
use http::header::USER_AGENT;
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{ClientAddr, WriteProgress};
use crate::wire::error::ApiError;

/// The longest `User-Agent` that is kept, in characters.
const USER_AGENT_CHARS: usize = 200;

/// One request, as it came. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext(Arc<Facts>);

#[derive(Debug)]
struct Facts {
    id: RequestId,
    trace_id: TraceId,
    caller_span: Option<SpanId>,
    started: Moment,
    client: Option<IpAddr>,
    user_agent: Option<String>,
    audit_record: Uuid,
    write: WriteProgress,
    caller_gone: CancellationToken,
    security_events: OnceLock<Vec<&'static str>>,
}

impl RequestContext {
    /// The context of a request that has just come: keeps the caller's request id and trace where they are
    /// acceptable, else makes new ones.
    pub(crate) fn begin(request: &Request, started: Moment, trusted_proxies: usize) -> Self {
        let headers = request.headers();
        let id = only(headers, &header::X_REQUEST_ID).and_then(RequestId::accept);
        let parent = only(headers, &header::TRACEPARENT).and_then(TraceParent::parse);
        let user_agent = headers.get(USER_AGENT).map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .chars()
                .take(USER_AGENT_CHARS)
                .collect()
        });
        Self(Arc::new(Facts {
            id: id.unwrap_or_else(RequestId::random),
            trace_id: parent.map_or_else(TraceId::random, TraceParent::trace_id),
            caller_span: parent.map(TraceParent::span_id),
            started,
            client: ClientAddr::of(request.extensions(), headers, trusted_proxies).0,
            user_agent,
            audit_record: Uuid::new_v4(),
            write: WriteProgress::default(),
            caller_gone: CancellationToken::new(),
            security_events: OnceLock::new(),
        }))
    }

    /// The id of a request that has its context; a random one where it has none.
    pub(crate) fn id_of(request: &Request) -> RequestId {
        request
            .extensions()
            .get::<Self>()
            .map_or_else(RequestId::random, |context| context.id().clone())
    }

    /// The id that the answer carries too.
    pub(crate) fn id(&self) -> &RequestId {
        &self.0.id
    }

    /// The trace that the request belongs to: the caller's where it sent a valid `traceparent`, else one of its own.
    pub(crate) fn trace_id(&self) -> TraceId {
        self.0.trace_id
    }

    /// The span of the caller that the request comes from, where it sent a valid `traceparent`.
    pub(crate) fn caller_span(&self) -> Option<SpanId> {
        self.0.caller_span
    }

    /// When the request's head had arrived.
    pub(crate) fn started(&self) -> Moment {
        self.0.started
    }

    /// The address that the request came from, where it is known.
    pub(crate) fn client(&self) -> Option<IpAddr> {
        self.0.client
    }

    /// The caller's `User-Agent`, cut to 200 characters. Anyone can write anything into it.
    pub(crate) fn user_agent(&self) -> Option<&str> {
        self.0.user_agent.as_deref()
    }
}

impl RequestContext {
    /// The id of the request's audit record.
    pub(crate) fn audit_record(&self) -> Uuid {
        self.0.audit_record
    }

    /// How far the request's write has come, where it is one.
    pub(crate) fn write(&self) -> &WriteProgress {
        &self.0.write
    }

    /// Says which security events the request is. Once: a second time changes nothing.
    pub(crate) fn set_security_events(&self, events: Vec<&'static str>) {
        let _ = self.0.security_events.set(events);
    }

    /// The security events that the request is, as far as they were known before it was carried out.
    pub(crate) fn security_events(&self) -> &[&'static str] {
        self.0.security_events.get().map_or(&[], Vec::as_slice)
    }

    /// Cancelled when the caller is gone before its answer.
    pub(crate) fn caller_gone(&self) -> &CancellationToken {
        &self.0.caller_gone
    }
}

/// The value of a header that came exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then_some(value.as_bytes())
}

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| ApiError::internal("the request has no context"))
    }
}
