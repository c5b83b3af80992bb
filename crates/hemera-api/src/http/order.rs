//! The order of checks of the contract, in one place.
//!
//! CORS preflight, and route and method, are settled before a request comes here (`layers.rs`, `router.rs`). Then:
//! address → concurrency → credential → rate limit → permission → media type, path, query, body → resource. A request
//! that is wrong in several ways is answered for the first of them alone, so that a caller without a credential learns
//! nothing about ids or bodies, and no body is read before it is known who sends it.
//!
//! Every request that comes here leaves one audit record, however it ends; a handler whose own statement has written
//! it says so. A request without a route does not come here; `fallback.rs` records it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts as _, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use freshness::{Clock as _, SystemClock};
use hemera_types::{ErrorCode, Operation};
use http::StatusCode;
use http::request::Parts;
use uuid::Uuid;

use crate::audit::{Disclosed, Entry, QueueFull};
use crate::auth::{AuthError, Caller, Refusal};
use crate::http::audit_entry;
use crate::http::state::AppState;
use crate::metrics::Limited;
use crate::security::{Origin, SecurityEvent};
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::{BodyLimit, HandlerStart, RateCharge, RequestContext, check_media_type};
use crate::wire::respond::conditional::{Asked, settle};
use crate::wire::respond::{PendingEnvelope, rate_limit};

/// When to come again after the server was full or too slow.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What the checks in front of one route know.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    pub(crate) state: AppState,
    pub(crate) operation: Operation,
}

/// How far a request has come.
#[derive(Debug, Default)]
struct Progress {
    caller: Option<Caller>,
    charge: Option<RateCharge>,
    permissions_granted: Option<bool>,
}

/// Checks a request, lets it through to its handler, and records how it ended. Bounded by the handler's time-out.
pub(crate) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let state = &guard.state;
    let (mut parts, body) = request.into_parts();
    let Ok(context) = RequestContext::from_request_parts(&mut parts, state).await else {
        return ApiError::internal("the layer that makes the request context is missing").into_response();
    };
    let resource = resource_in_path(&mut parts, state).await;
    let asked = Asked::of(&parts);
    let mut progress = Progress::default();

    // The permit is given back when the answer is ready.
    let permit = state.gate.try_acquire();
    let answer = if let Err(refused) = state.allow_list.check(context.client()) {
        Err(refused)
    } else if permit.is_ok() {
        parts.extensions.insert(HandlerStart(SystemClock.now()));
        let checked = checks(&guard, &mut progress, &context, parts, body, next);
        match tokio::time::timeout(state.settings.handler_timeout, checked).await {
            Ok(answer) => answer,
            Err(_) => Err(ApiError::unavailable(Reason::HandlerTimedOut, RETRY_AFTER)),
        }
    } else {
        Err(ApiError::unavailable(Reason::TooManyRequests, RETRY_AFTER))
    };
    let mut response = answer.unwrap_or_else(ApiError::into_response);
    drop(permit);
    // Before the record: it says whether data were sent.
    settle(&mut response, &asked);

    let entry = entry(&guard, &context, resource, &progress, &response);
    match record(state, &context, entry).await {
        Ok(record) => audit_entry::name(&mut response, record),
        // What cannot be recorded must not have been seen.
        Err(full) => {
            response = ApiError::unavailable(Reason::AuditQueueFull, RETRY_AFTER)
                .with_cause(full)
                .into_response();
        }
    }
    if let Some(charge) = progress.charge {
        rate_limit::put_headers(&charge.decision(), response.headers_mut(), state.clock.now().wall);
    }
    if let Some(caller) = progress.caller {
        response.extensions_mut().insert(caller);
    }
    response
}

/// The checks themselves, in the contract's order, and then the handler, whose extractors check path, query and body.
async fn checks(
    guard: &Guard,
    progress: &mut Progress,
    context: &RequestContext,
    mut parts: Parts,
    body: Body,
    next: Next,
) -> Result<Response, ApiError> {
    let state = &guard.state;

    let caller = match state.authenticator.authenticate(&parts.headers).await {
        Ok(caller) => caller,
        Err(error) => {
            if let AuthError::Unauthorized { refusal, .. } = error {
                let event = state.security.of_refusal(refusal, origin(context));
                context.set_security_events(event.map(SecurityEvent::name).into_iter().collect());
                note_refusal(state, context, refusal)?;
            }
            return Err(error.into());
        }
    };
    let now = state.clock.now().wall;
    let (proof, key_name) = (caller.proof.kind(), caller.proof.key_name());
    state.metrics.auth.accepted(proof, caller.role, key_name, now);
    let caller = progress.caller.insert(caller);

    let charge = RateCharge::of(Arc::clone(&state.limiter), caller.clone()).await;
    let charge = progress.charge.insert(charge);
    let decision = charge.decision();
    let limits = &state.metrics.limits;
    limits.decided(Limited::Caller(caller.role), decision.is_admitted());
    if let Some(wait) = decision.retry_in() {
        return Err(ApiError::rate_limited(wait));
    }

    let spec = guard.operation.spec();
    if !*progress.permissions_granted.insert(spec.admits(caller.role)) {
        return Err(ApiError::new(ErrorCode::Forbidden).with_reason(Reason::RoleLacksPermission));
    }
    if let Some(bytes) = spec.body_bytes {
        check_media_type(&parts.headers)?;
        let refusal = spec.body_too_large();
        parts.extensions.insert(BodyLimit { bytes, refusal });
    }
    let events = state.security.of_caller(caller, origin(context)).await;
    context.set_security_events(events.into_iter().map(SecurityEvent::name).collect());
    parts.extensions.insert(caller.clone());
    parts.extensions.insert(charge.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    if !charge.decision().is_admitted() {
        // The handler found that it counts as more than one.
        limits.decided(Limited::Caller(caller.role), false);
    }
    Ok(response)
}

/// Records the request, unless its handler's own statement has done that, and returns the id of its record.
async fn record(
    state: &AppState,
    context: &RequestContext,
    request: Option<Entry>,
) -> Result<Uuid, QueueFull> {
    let Some(request) = request else {
        return Ok(context.audit_record());
    };
    let unknown = context.write().unknown_item();
    let unknown = unknown.map(|item| audit_entry::unknown_item(&request, item));
    let record = state.audit.record(request).await?;
    if let Some(item) = unknown {
        state.audit.record(item).await?;
    }
    Ok(record)
}

/// Counts a refused credential for its address. Only where the credential fails: a valid one passes, no matter what
/// others at its address do. Over its limit, an address is answered that it has to wait, instead of what failed.
fn note_refusal(state: &AppState, context: &RequestContext, refusal: Refusal) -> Result<(), ApiError> {
    state.metrics.auth.refused(refusal.name(), refusal.clerk_secret());
    let noted = state.limiter.note_failed_authentication(context.client());
    let limits = &state.metrics.limits;
    limits.decided(Limited::FailedAuthentication, noted.is_ok());
    noted.map_err(|wait| ApiError::rate_limited(wait).with_reason(Reason::Credential(refusal)))
}

/// Where a request comes from.
fn origin(context: &RequestContext) -> Origin<'_> {
    Origin {
        address: context.client(),
        user_agent: context.user_agent(),
    }
}

/// The events that an answer completes.
fn completed_events(
    guard: &Guard,
    context: &RequestContext,
    resource: Option<&str>,
    progress: &Progress,
    response: &Response,
) -> Vec<SecurityEvent> {
    let Some(caller) = &progress.caller else {
        return Vec::new();
    };
    let missing = context.write().missing_items();
    let missing = missing.iter().map(|item| (item.as_str(), StatusCode::NOT_FOUND));
    let answers = resource
        .map(|resource| (resource, response.status()))
        .into_iter()
        .chain(missing);
    let security = &guard.state.security;
    answers
        .filter_map(|answer| security.of_answer(caller, guard.operation, answer, origin(context)))
        .collect()
}

/// The id in the path, where it has the form of one: for the audit record.
async fn resource_in_path(parts: &mut Parts, state: &AppState) -> Option<String> {
    let params = RawPathParams::from_request_parts(parts, state).await.ok()?;
    let (_, id) = params.iter().find(|(name, _)| *name == "id")?;
    hemera_types::UserId::parse(id).ok().map(String::from)
}

/// The record of a request; `None` where the handler's own statement has written it.
fn entry(
    guard: &Guard,
    context: &RequestContext,
    resource: Option<String>,
    progress: &Progress,
    response: &Response,
) -> Option<Entry> {
    let completed = completed_events(guard, context, resource.as_deref(), progress, response);
    let error = response.extensions().get::<ApiError>();
    let answer = response.extensions().get::<PendingEnvelope>();
    if error.is_some_and(ApiError::is_audited) || answer.is_some_and(PendingEnvelope::is_audited) {
        return None;
    }
    let disclosed = answer.filter(|answer| answer.is_sent());
    let took = guard.state.clock.now().since(context.started());
    let base = audit_entry::entry(context, took, response.status(), error);
    let mut security_events = base.security_events.clone();
    for event in completed.into_iter().map(SecurityEvent::name) {
        if !security_events.contains(&event) {
            security_events.push(event);
        }
    }
    Some(Entry {
        security_events,
        operation: Some(guard.operation),
        resource,
        caller: progress.caller.clone(),
        permissions_granted: progress.permissions_granted,
        disclosed: disclosed.map_or_else(Disclosed::default, |answer| Disclosed {
            items: Some(answer.items()),
            persons: answer.persons(),
        }),
        ..base
    })
}
