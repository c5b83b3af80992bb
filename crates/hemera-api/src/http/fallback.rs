//! What is answered where there is no route, or none for the method.
//!
//! No credential is looked at there, so no caller is proven. A request for something under the service API is recorded
//! all the same, like the refusals of unproven callers: the audit log shows who tries paths and methods there.
//! Elsewhere (`/favicon.ico`, `/wp-login.php`) the log and the metrics are enough.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use hemera_types::{ErrorCode, SERVICE_API};
use http::Uri;

use crate::http::audit_entry;
use crate::http::state::AppState;
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::RequestContext;

/// No such route.
pub(crate) async fn not_found(State(state): State<AppState>, context: RequestContext, uri: Uri) -> Response {
    let error = ApiError::not_found(if state.settings.docs {
        "No such route: open /docs to see the API's paths"
    } else {
        "No such route: see the API's documentation for its paths"
    });
    recorded(&state, &context, &uri, error.with_reason(Reason::NoSuchRoute))
}

/// The route is there, but not for this method. The framework adds `Allow`.
pub(crate) async fn method_not_allowed(
    State(state): State<AppState>,
    context: RequestContext,
    uri: Uri,
) -> Response {
    let error = ApiError::new(ErrorCode::MethodNotAllowed);
    recorded(&state, &context, &uri, error.with_reason(Reason::NoSuchMethod))
}

/// The refusal of a request that no order of checks has seen, with its record where it is about the service API.
pub(crate) fn recorded(state: &AppState, context: &RequestContext, uri: &Uri, error: ApiError) -> Response {
    if !uri.path().starts_with(SERVICE_API) {
        return error.into_response();
    }
    let took = state.clock.now().since(context.started());
    let entry = audit_entry::entry(context, took, error.code().status(), Some(&error));
    let record = state.audit.note_unproven(entry);
    let mut response = error.into_response();
    audit_entry::name(&mut response, record);
    response
}
