//! The record of exchanges: each request, and its answer with the body, as a line of JSON. It serves to validate the
//! answers against Clerk's published documents; unlike the journal it contains secrets (the emulator's own).

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::header::{CONTENT_TYPE, HeaderName, USER_AGENT};
use http::{HeaderMap, Request};
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::Value;

/// Names a file for emulators that were not given one, such as those inside the tests of any crate.
const VARIABLE: &str = "CLERK_EMULATOR_RECORD";

/// Where exchanges are written, if they are. Clones share the file.
#[derive(Clone, Debug)]
pub(crate) struct Recorder(Option<Arc<Mutex<File>>>);

/// What is recorded of a request. Not its body: that is the caller's, and may be wrong on purpose.
#[derive(Debug, Serialize)]
pub(crate) struct RecordedRequest {
    method: String,
    path: String,
    query: Option<String>,
    user_agent: Option<String>,
    version: Option<String>,
}

/// One line of the record.
#[derive(Debug, Serialize)]
struct RecordedExchange {
    #[serde(flatten)]
    request: RecordedRequest,
    status: u16,
    content_type: Option<String>,
    /// Whether a fault made the answer; such an answer says nothing about Clerk.
    fault: bool,
    /// As JSON where it is that, else as text.
    body: Value,
}

/// The file that the environment names, if it names one.
pub(crate) fn file_of_environment() -> Option<PathBuf> {
    let named = std::env::var_os(VARIABLE).filter(|name| !name.is_empty());
    named.map(PathBuf::from)
}

impl Recorder {
    /// Appends to this file, or records nothing where there is none. Several emulators may append to one file.
    pub(crate) fn open(file: Option<&Path>) -> io::Result<Self> {
        let Some(path) = file else {
            return Ok(Self(None));
        };
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self(Some(Arc::new(Mutex::new(file)))))
    }

    /// What to record of a request once it is answered; `None` where nothing is recorded.
    pub(crate) fn note(&self, request: &Request<Body>) -> Option<RecordedRequest> {
        self.0.as_ref()?;
        Some(RecordedRequest {
            method: request.method().as_str().to_owned(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(str::to_owned),
            user_agent: text(request.headers(), &USER_AGENT),
            version: text(request.headers(), &HeaderName::from_static("clerk-api-version")),
        })
    }

    /// Writes a line and returns the answer. Where it cannot be written, the answer is returned all the same and the fault
    /// is logged.
    pub(crate) async fn record(&self, request: RecordedRequest, fault: bool, response: Response) -> Response {
        let Some(file) = &self.0 else { return response };
        let (parts, body) = response.into_parts();
        let bytes = match to_bytes(body, usize::MAX).await {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::error!(%error, "an answer broke while it was recorded");
                return Response::from_parts(parts, Body::empty());
            }
        };
        let line = RecordedExchange {
            request,
            status: parts.status.as_u16(),
            content_type: text(&parts.headers, &CONTENT_TYPE),
            fault,
            body: serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned())),
        };
        if let Err(error) = append(&mut file.lock(), &line) {
            tracing::error!(%error, "an exchange could not be recorded");
        }
        Response::from_parts(parts, Body::from(bytes))
    }
}

/// In one write, so that the lines of several processes do not mix.
fn append(file: &mut File, line: &RecordedExchange) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
