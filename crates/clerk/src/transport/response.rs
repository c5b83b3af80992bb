//! What Clerk answers: a bounded body, read as JSON or as Clerk's error, and an error of its own for all else.

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName, StatusCode};
use serde::de::DeserializeOwned;

use crate::error::{Envelope, Error, ErrorKind, name};
use crate::operation::ClerkOperation;

const CLERK_TRACE_ID: HeaderName = HeaderName::from_static("clerk-trace-id");
const CF_RAY: HeaderName = HeaderName::from_static("cf-ray");

/// A response of any status. It does not print: its headers may hold a client token.
pub(crate) struct HttpResponse {
    pub(crate) headers: HeaderMap,
    pub(crate) outcome: Result<Answer, Error>,
}

/// A response with a status of 2xx. It does not print either.
pub(crate) struct Answer {
    operation: ClerkOperation,
    status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Vec<u8>,
}

impl HttpResponse {
    /// Reads the body; any status but 2xx is an error.
    pub(super) async fn read(
        operation: ClerkOperation,
        response: reqwest::Response,
        max_answer: usize,
    ) -> Self {
        let status = response.status();
        let headers = response.headers().clone();
        let body = body(operation, response, max_answer).await;
        let trace_id = trace_id(&headers);
        tracing::debug!(%operation, status = status.as_u16(), trace_id, "Clerk answered");
        let outcome = if status.is_success() {
            body.map(|body| Answer {
                operation,
                status,
                headers: headers.clone(),
                body,
            })
        } else {
            Err(refused(operation, status, &headers, &body.unwrap_or_default()))
        };
        Self { headers, outcome }
    }
}

impl Answer {
    /// The body as JSON of the expected shape; the error has the path in the document.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let mut document = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut document).map_err(|error| {
            Error::new(self.operation, ErrorKind::Unintelligible)
                .with_status(self.status.as_u16())
                .with_trace_id(trace_id(&self.headers))
                .with_source(Shape {
                    path: error.path().to_string(),
                    fault: fault(error.inner()),
                })
        })
    }
}

/// Where a document is not what was expected. It does not quote the document: that may hold secrets.
#[derive(Debug, thiserror::Error)]
#[error("the answer's JSON is not as expected at `{path}`: {fault}")]
struct Shape {
    path: String,
    fault: &'static str,
}

#[derive(Debug, thiserror::Error)]
#[error("the answer has more than {0} bytes")]
struct TooMuch(usize);

#[derive(Debug, thiserror::Error)]
#[error("the answer is a redirect, which is never followed")]
struct Redirect;

#[derive(Debug, thiserror::Error)]
#[error("the answer has no error body as Clerk writes them")]
struct NoEnvelope;

fn fault(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Data => "another type or a missing field",
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is not JSON",
    }
}

/// Reads the body, never more than `limit` bytes of it.
async fn body(
    operation: ClerkOperation,
    mut response: reqwest::Response,
    limit: usize,
) -> Result<Vec<u8>, Error> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(operation, error))? {
        if body.len() + chunk.len() > limit {
            let error = Error::new(operation, ErrorKind::Unintelligible);
            return Err(error.with_status(status).with_source(TooMuch(limit)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// There was no whole response. The URL stays out of the error: a query may hold an e-mail address.
pub(super) fn broken(operation: ClerkOperation, error: reqwest::Error) -> Error {
    let kind = if error.is_timeout() {
        ErrorKind::TimedOut
    } else {
        ErrorKind::Unreachable
    };
    Error::new(operation, kind).with_source(error.without_url())
}

fn refused(operation: ClerkOperation, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Error {
    let error = if status.is_redirection() {
        Error::new(operation, ErrorKind::Unintelligible)
            .with_status(status.as_u16())
            .with_source(Redirect)
    } else if let Some(envelope) = Envelope::parse(body) {
        Error::answered(operation, status.as_u16(), envelope)
    } else {
        Error::new(operation, ErrorKind::Unintelligible)
            .with_status(status.as_u16())
            .with_source(NoEnvelope)
    };
    error
        .with_trace_id(trace_id(headers))
        .with_retry_after(retry_after(headers))
}

/// Clerk sends whole seconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
        .map(Duration::from_secs)
}

fn trace_id(headers: &HeaderMap) -> Option<String> {
    [CLERK_TRACE_ID, CF_RAY]
        .iter()
        .find_map(|header| name(headers.get(header)?.to_str().ok()?))
}
