//! The parameters of a query.

use axum::extract::FromRequestParts;
use hemera_types::{QueryPairs, RequestQuery};
use http::request::Parts;

use crate::wire::error::ApiError;

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
