//! Since when a request is worked on.

use axum::extract::FromRequestParts;
use freshness::Moment;
use http::request::Parts;

use crate::wire::error::ApiError;

/// When the handler's deadline began to run, by the system's clock: what waits for the database counts real time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HandlerStart(pub(crate) Moment);

impl<S: Sync> FromRequestParts<S> for HandlerStart {
    type Rejection = ApiError;

    /// The order of checks has put it there. A route without it would be a fault of ours.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts
            .extensions
            .get::<Self>()
            .copied()
            .ok_or_else(|| ApiError::internal("the route has no handler start"))
    }
}
