//! What the audit log gets of a request.

use std::time::Duration;

use axum::response::Response;
use hemera_types::ErrorCode;
use hemera_types::header::X_AUDIT_RECORD;
use http::{HeaderValue, StatusCode};
use uuid::Uuid;

use crate::audit::{Disclosed, Entry};
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::{RequestContext, SentItem};

/// The entry of a request that was answered after `took`, with this status, and with this error where it is one.
/// Operation, resource and caller are for those to fill in who know them.
pub(super) fn entry(
    context: &RequestContext,
    took: Duration,
    status: StatusCode,
    error: Option<&ApiError>,
) -> Entry {
    Entry {
        id: context.audit_record(),
        at: context.started().wall,
        request_id: context.id().clone(),
        client_address: context.client(),
        user_agent: context.user_agent().map(str::to_owned),
        operation: None,
        resource: None,
        caller: None,
        permissions_granted: None,
        disclosed: Disclosed::default(),
        trace_id: Some(context.trace_id().to_string()),
        status,
        code: error.map(ApiError::code),
        reason: error.and_then(ApiError::reason).map(Reason::name),
        security_events: context.security_events().to_vec(),
        is_unknown: context.write().is_unknown(),
        duration: took,
        item: None,
    }
}

/// The entry of one of several writes of a request, to which the database gave no answer.
pub(super) fn unknown_item(request: &Entry, item: SentItem) -> Entry {
    Entry {
        id: item.record,
        resource: Some(item.resource),
        item: Some(item.number),
        disclosed: Disclosed::default(),
        status: StatusCode::SERVICE_UNAVAILABLE,
        code: Some(ErrorCode::ServiceUnavailable),
        reason: item.reason.map(Reason::name).or(request.reason),
        security_events: Vec::new(),
        is_unknown: true,
        ..request.clone()
    }
}

/// Says on an answer which record the request is, or is part of.
pub(super) fn name(response: &mut Response, record: Uuid) {
    let mut buffer = Uuid::encode_buffer();
    let text = record.hyphenated().encode_lower(&mut buffer);
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().insert(X_AUDIT_RECORD, value);
    }
}
