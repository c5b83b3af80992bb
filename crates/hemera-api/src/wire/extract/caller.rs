//! The proven caller as a handler argument.

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::auth::Caller;
use crate::wire::error::ApiError;

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    /// The order of checks has put the caller there. A route without it would be a fault of ours.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| ApiError::internal("the route has no caller"))
    }
}
