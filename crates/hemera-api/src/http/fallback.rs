//! What is answered where there is no route, or none for the method.
//!
//! No credential is looked at there, so nobody is proven. What asks for something under the service API all the same
//! is noted as the refusals of unproven callers are: whoever tries paths and methods there is seen in the audit log.
//! Elsewhere (`/favicon.ico`, `/wp-login.php`) the log and the metrics are enough.

use axum::extract::State;
use hemera_types::{ErrorCode, SERVICE_API};
use http::Uri;

use crate::http::audit_entry::entry;
use crate::http::state::AppState;
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::RequestContext;

/// No such route.
pub(crate) async fn not_found(State(state): State<AppState>, context: RequestContext, uri: Uri) -> ApiError {
    let error = ApiError::not_found("No such route: see the API's documentation for its paths");
    noted(&state, &context, &uri, error.with_reason(Reason::NoSuchRoute))
}

/// The route is there, but not for this method. The framework adds `Allow`.
pub(crate) async fn method_not_allowed(
    State(state): State<AppState>,
    context: RequestContext,
    uri: Uri,
) -> ApiError {
    let error = ApiError::new(ErrorCode::MethodNotAllowed);
    noted(&state, &context, &uri, error.with_reason(Reason::NoSuchMethod))
}

fn noted(state: &AppState, context: &RequestContext, uri: &Uri, error: ApiError) -> ApiError {
    if uri.path().starts_with(SERVICE_API) {
        let took = state.clock.now().since(context.started());
        let entry = entry(context, took, error.code().status(), Some(&error));
        state.audit.note_unproven(entry);
    }
    error
}
