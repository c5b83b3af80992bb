//! Bodies: JSON at the Backend API, forms at the Frontend API. An empty body is a body without parameters, since
//! Clerk's SDKs send `Content-Type: application/json` with nothing behind it.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::params::Params;
use crate::refusal::Refusal;

/// The most bytes of a body.
pub(crate) const MAX_BODY: usize = 2 * 1024 * 1024;

/// The parameters of a JSON body.
#[derive(Debug)]
pub(crate) struct JsonParams(pub(crate) Params);

/// The parameters of a form body.
#[derive(Debug)]
pub(crate) struct FormParams(pub(crate) Params);

impl<S: Send + Sync> FromRequest<S> for JsonParams {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let media_type = media_type(&request);
        let bytes = read(request, state).await?;
        if bytes.is_empty() {
            return Ok(Self(Params::default()));
        }
        expect(media_type.as_deref(), "application/json")?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(map)) => Ok(Self(Params::new(map))),
            Ok(_) => Err(Refusal::body_invalid()),
            Err(error) => {
                tracing::info!(%error, "a body is not JSON");
                Err(Refusal::body_invalid())
            }
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for FormParams {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let media_type = media_type(&request);
        let bytes = read(request, state).await?;
        if bytes.is_empty() {
            return Ok(Self(Params::default()));
        }
        expect(media_type.as_deref(), "application/x-www-form-urlencoded")?;
        let pairs = url::form_urlencoded::parse(&bytes);
        let map: Map<String, Value> = pairs
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect();
        Ok(Self(Params::new(map)))
    }
}

/// The media type without its parameters, in lower case.
fn media_type(request: &Request) -> Option<String> {
    let value = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    Some(
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase(),
    )
}

fn expect(found: Option<&str>, wanted: &str) -> Result<(), Refusal> {
    if found == Some(wanted) {
        return Ok(());
    }
    let found = found.unwrap_or("none");
    Err(Refusal::new(
        415,
        "unsupported_content_type",
        "Content-Type is unsupported",
        format!("Content-Type {found} is unsupported. You should use {wanted} instead."),
    ))
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, state)
        .await
        .map_err(|_| Refusal::body_too_large(MAX_BODY))
}
