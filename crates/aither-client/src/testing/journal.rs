//! What requests came, without their credentials.

use std::collections::BTreeMap;
use std::time::SystemTime;

use hemera_types::{Operation, RequestId};
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, Method, Request, StatusCode};
use parking_lot::Mutex;

/// A request that came to the in-memory Hemera. Credentials and bodies are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The operation; `None` where the path or the method is none of the contract.
    pub operation: Option<Operation>,
    /// The method.
    pub method: Method,
    /// The path, as it was sent.
    pub path: String,
    /// The id in the path, decoded; it need not have the form of one.
    pub id: Option<String>,
    /// The query string, as it was sent.
    pub query: Option<String>,
    /// `If-Match`, several joined by commas.
    pub if_match: Option<String>,
    /// `If-None-Match`, several joined by commas.
    pub if_none_match: Option<String>,
    /// The id under which it was answered: the caller's own where it is valid.
    pub request_id: RequestId,
    /// When it came, by the clock of the in-memory Hemera.
    pub at: SystemTime,
    /// The status of the answer; `None` before there is one, and where none was sent.
    pub status: Option<StatusCode>,
}

impl RecordedRequest {
    pub(super) fn of<B>(request: &Request<B>, request_id: RequestId, at: SystemTime) -> Self {
        Self {
            operation: None,
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            id: None,
            query: request.uri().query().map(str::to_owned),
            if_match: joined(request.headers(), &IF_MATCH),
            if_none_match: joined(request.headers(), &IF_NONE_MATCH),
            request_id,
            at,
            status: None,
        }
    }
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// The requests by their number.
#[derive(Debug, Default)]
pub(super) struct Journal(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    next: u64,
    requests: BTreeMap<u64, RecordedRequest>,
}

impl Journal {
    /// Notes a request that has come, and returns its number.
    pub(super) fn begin(&self, request: RecordedRequest) -> u64 {
        let mut entries = self.0.lock();
        let number = entries.next;
        entries.next += 1;
        entries.requests.insert(number, request);
        number
    }

    /// Completes the entry of a request, unless it was cleared meanwhile.
    pub(super) fn complete(&self, number: u64, change: impl FnOnce(&mut RecordedRequest)) {
        if let Some(request) = self.0.lock().requests.get_mut(&number) {
            change(request);
        }
    }

    /// The requests in the order in which they came.
    pub(super) fn all(&self) -> Vec<RecordedRequest> {
        self.0.lock().requests.values().cloned().collect()
    }

    pub(super) fn clear(&self) {
        self.0.lock().requests.clear();
    }
}
