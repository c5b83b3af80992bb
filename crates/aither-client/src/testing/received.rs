//! A request of an operation, read as strictly as the contract says.

use axum::body::Body;
use axum::extract::RawPathParams;
use axum::extract::rejection::RawPathParamsRejection;
use bytes::Bytes;
use hemera_types::{
    ErrorCode, FieldErrors, IfMatch, InvalidId, Operation, OperationSpec, QueryPairs, RequestBody,
    RequestQuery,
};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, IF_MATCH};
use http::request::Parts;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::error_answer::ErrorAnswer;

/// A request after its route is known.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) parts: Parts,
    pub(super) body: Body,
    /// The id in the path, decoded; an error where it is no UTF-8.
    pub(super) id: Result<Option<String>, NotUtf8>,
}

/// An id that is no text.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotUtf8;

impl Received {
    pub(super) fn new(
        parts: Parts,
        body: Body,
        params: Result<RawPathParams, RawPathParamsRejection>,
    ) -> Self {
        let id = match params {
            Ok(params) => Ok(params
                .iter()
                .find(|(name, _)| *name == "id")
                .map(|(_, id)| id.to_owned())),
            Err(_) => Err(NotUtf8),
        };
        Self { parts, body, id }
    }

    /// The id in the path.
    pub(super) fn id<T: std::str::FromStr<Err = InvalidId>>(&self) -> Result<T, ErrorAnswer> {
        let Ok(id) = &self.id else {
            return Err(FieldErrors::one("id", "must be UTF-8").into());
        };
        let id = id.as_deref().unwrap_or_default();
        id.parse().map_err(|fault| FieldErrors::one("id", fault).into())
    }

    /// The query.
    pub(super) fn query<T: RequestQuery>(&self) -> Result<T, ErrorAnswer> {
        let query = self.parts.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into_owned()));
        Ok(T::parse(QueryPairs::new(pairs))?)
    }

    /// `If-Match`; `None` where there is none.
    pub(super) fn if_match(&self) -> Result<Option<IfMatch>, ErrorAnswer> {
        let lines = self.parts.headers.get_all(IF_MATCH).iter();
        let lines: Result<Vec<&str>, _> = lines.map(|line| line.to_str()).collect();
        let lines = lines.map_err(|_| FieldErrors::one("If-Match", "must be ASCII"))?;
        if lines.is_empty() {
            return Ok(None);
        }
        let condition = IfMatch::parse(&lines.join(","));
        Ok(Some(
            condition.map_err(|fault| FieldErrors::one("If-Match", fault))?,
        ))
    }

    /// Refuses a body that is not announced as plain JSON.
    pub(super) fn check_media_type(&self) -> Result<(), ErrorAnswer> {
        if is_json(&self.parts.headers) {
            Ok(())
        } else {
            Err(ErrorAnswer::new(ErrorCode::UnsupportedMediaType))
        }
    }

    /// The body.
    pub(super) async fn body<T: RequestBody>(&mut self, operation: Operation) -> Result<T, ErrorAnswer> {
        let body = std::mem::take(&mut self.body);
        Ok(T::parse(&read(body, operation.spec()).await?)?)
    }
}

async fn read(body: Body, spec: &OperationSpec) -> Result<Bytes, ErrorAnswer> {
    match Limited::new(body, spec.body_bytes.unwrap_or_default())
        .collect()
        .await
    {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(ErrorAnswer::new(ErrorCode::PayloadTooLarge).with_message(spec.body_too_large()))
        }
        Err(_) => Err(ErrorAnswer::new(ErrorCode::InvalidInput)
            .with_message("The body ended early: send it again in full")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let only = types
        .next()
        .and_then(|value| value.to_str().ok())
        .filter(|_| types.next().is_none());
    let essence = only.map(|value| value.split(';').next().unwrap_or_default().trim());
    let is_encoded = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|coding| coding != "identity");
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) && !is_encoded
}
