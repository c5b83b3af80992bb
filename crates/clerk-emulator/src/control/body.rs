//! Bodies of controls: JSON under any media type; an empty body counts as `{}`.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::refusal::Refusal;

/// The body of a control.
#[derive(Debug)]
pub(super) struct ControlBody<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ControlBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let read = Bytes::from_request(request, state).await;
        let bytes = read.map_err(|_| Refusal::control_invalid("it cannot be read"))?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(text)
            .map(Self)
            .map_err(|error| Refusal::control_invalid(&error.to_string()))
    }
}
