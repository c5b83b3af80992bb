//! The id in a path.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequestParts, RawPathParams};
use hemera_types::FieldErrors;
use http::request::Parts;

use crate::wire::error::ApiError;

/// The `{id}` of the route.
#[derive(Clone, Debug)]
pub(crate) struct ApiPath<T>(pub T);

impl<S, T> FromRequestParts<S> for ApiPath<T>
where
    S: Send + Sync,
    T: FromStr,
    T::Err: Display,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let refuse = |problem: &dyn Display| ApiError::invalid(&FieldErrors::one("id", problem));
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|rejection| match rejection {
                RawPathParamsRejection::InvalidUtf8InPathParam(_) => refuse(&"must be UTF-8"),
                other => ApiError::internal(other.to_string()),
            })?;
        let id = params
            .iter()
            .find(|(name, _)| *name == "id")
            .map(|(_, value)| value);
        let id = id.ok_or_else(|| ApiError::internal("the route has no {id}"))?;
        id.parse().map(Self).map_err(|problem: T::Err| refuse(&problem))
    }
}
