//! A request body, its limits enforced while it is read.

use std::time::Duration;

use axum::body::HttpBody as _;
use axum::extract::{FromRef, FromRequest, Request};
use bytes::Bytes;
use hemera_types::{ErrorCode, RequestBody};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::wire::error::{ApiError, Reason};

/// The body of a request.
#[derive(Clone, Debug)]
pub(crate) struct ApiBody<T>(pub T);

/// How many bytes a body of the route may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLimit {
    pub(crate) bytes: usize,
    /// The public text where it has more.
    pub(crate) refusal: &'static str,
}

/// How long a body may take to arrive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyTimeout(pub(crate) Duration);

impl<S, T> FromRequest<S> for ApiBody<T>
where
    S: Send + Sync,
    BodyTimeout: FromRef<S>,
    T: RequestBody,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let BodyTimeout(timeout) = BodyTimeout::from_ref(state);
        // The order of checks has put it there. A route without it would be a fault of ours.
        let limit = request.extensions().get::<BodyLimit>().copied();
        let limit = limit.ok_or_else(|| ApiError::internal("the route has no body limit"))?;
        let bytes = read(request, limit, timeout).await?;
        Ok(Self(T::parse(&bytes)?))
    }
}

async fn read(request: Request, limit: BodyLimit, timeout: Duration) -> Result<Bytes, ApiError> {
    let too_large = || ApiError::new(ErrorCode::PayloadTooLarge).with_message(limit.refusal);
    let body = request.into_body();
    if body.size_hint().lower() > limit.bytes as u64 {
        // It says so itself: there is no need to wait for it.
        return Err(too_large());
    }
    let body = Limited::new(body, limit.bytes);
    match tokio::time::timeout(timeout, body.collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) => Err(ApiError::new(ErrorCode::InvalidInput)
            .with_message("The body ended early: send it again in full")
            .with_reason(Reason::BodyCutOff)
            .with_cause(error)),
        Err(_) => Err(
            ApiError::unavailable(Reason::BodyTimedOut, Duration::from_secs(1))
                .with_message("The body did not arrive in time: send it again without pauses"),
        ),
    }
}

/// Refuses a body that is not plain `application/json`. Checked before the path and the body are looked at.
pub(crate) fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let only = types
        .next()
        .and_then(|value| value.to_str().ok())
        .filter(|_| types.next().is_none());
    let essence = only.map(|value| value.split(';').next().unwrap_or_default().trim());
    let encoded = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|value| value != "identity");
    if essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) && !encoded {
        Ok(())
    } else {
        Err(ApiError::new(ErrorCode::UnsupportedMediaType))
    }
}
