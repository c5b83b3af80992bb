//! The parameters of a query.

use axum::extract::FromRequestParts;
use hemera_types::{CourseQuery, FieldErrors, QueryPairs, UsageQuery};
use http::request::Parts;

use crate::wire::error::ApiError;

/// Parameters that know how to read themselves, as strictly as the contract says.
pub(crate) trait RequestQuery: Sized {
    /// Reads the parameters.
    ///
    /// # Errors
    /// Every parameter that is out of its limits, unknown, or given twice.
    fn parse(pairs: QueryPairs) -> Result<Self, FieldErrors>;
}

impl RequestQuery for CourseQuery {
    fn parse(pairs: QueryPairs) -> Result<Self, FieldErrors> {
        Self::parse(pairs)
    }
}

impl RequestQuery for UsageQuery {
    fn parse(pairs: QueryPairs) -> Result<Self, FieldErrors> {
        Self::parse(pairs)
    }
}

/// The query of a request.
#[derive(Clone, Debug)]
pub(crate) struct ApiQuery<T>(pub T);

impl<S: Sync, T: RequestQuery> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let pairs = QueryPairs::new(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())));
        Ok(Self(T::parse(pairs)?))
    }
}
