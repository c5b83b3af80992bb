//! What the audit log gets of a request.

use std::time::Duration;

use http::StatusCode;

use crate::audit::Entry;
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::RequestContext;

/// The entry of a request that was answered after `took`, with this status, and with this error where it is one.
/// Operation, resource and caller are for those to fill in who know them.
pub(super) fn entry(
    context: &RequestContext,
    took: Duration,
    status: StatusCode,
    error: Option<&ApiError>,
) -> Entry {
    Entry {
        at: context.started().wall,
        request_id: context.id().clone(),
        client_address: context.client(),
        user_agent: context.user_agent().map(str::to_owned),
        operation: None,
        resource: None,
        caller: None,
        status,
        code: error.map(ApiError::code),
        reason: error.and_then(ApiError::reason).map(Reason::name),
        duration: took,
    }
}
