//! `If-Match`: write only if the resource is still the one that the caller read.

use axum::extract::FromRequestParts;
use hemera_types::{FieldErrors, IfMatch};
use http::header::IF_MATCH;
use http::request::Parts;

use crate::wire::error::ApiError;

/// The precondition of a write; `None` where the caller sets none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Precondition(pub Option<IfMatch>);

impl<S: Sync> FromRequestParts<S> for Precondition {
    type Rejection = ApiError;

    /// Unlike `If-None-Match`, a header that cannot be understood is refused: ignoring it would write blindly.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let lines: Result<Vec<&str>, _> = parts
            .headers
            .get_all(IF_MATCH)
            .iter()
            .map(|line| line.to_str())
            .collect();
        let refuse =
            |problem: &dyn std::fmt::Display| ApiError::invalid(&FieldErrors::one("If-Match", problem));
        let lines = lines.map_err(|_| refuse(&"must be ASCII"))?;
        if lines.is_empty() {
            return Ok(Self(None));
        }
        IfMatch::parse(&lines.join(","))
            .map(|tags| Self(Some(tags)))
            .map_err(|problem| refuse(&problem))
    }
}
