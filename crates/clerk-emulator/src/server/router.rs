//! All routes of all three faces: Backend API, Frontend API, and the controls.

use axum::Router;
use axum::extract::DefaultBodyLimit;

use crate::app::App;
use crate::refusal::Refusal;
use crate::wire::body::MAX_BODY;
use crate::{backend, control, frontend};

pub(super) fn build(app: &App) -> Router {
    Router::new()
        .merge(backend::routes(app))
        .merge(frontend::routes())
        .merge(control::routes())
        .fallback(unknown_route)
        .method_not_allowed_fallback(unknown_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(app.clone())
}

/// The code is not Clerk's, so that a missing route is not taken for a missing object.
async fn unknown_route() -> Refusal {
    Refusal::new(
        404,
        "not_emulated",
        "not emulated",
        "clerk-emulator has no such route",
    )
}

/// UNVERIFIED: the code.
async fn unknown_method() -> Refusal {
    Refusal::new(
        405,
        "method_not_allowed",
        "method not allowed",
        "This route does not take this method",
    )
}
