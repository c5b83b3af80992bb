//! A request of another program.

use std::fmt;

use bytes::Bytes;
use hemera_types::{FieldErrors, Operation, RequestBody as _, RequestId, ResultUpdates, TraceParent};
use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::call::{Call, CallIds};
use crate::client::HemeraClient;
use crate::error::Error;

/// A request of another program for one operation of the contract, to be sent as it came.
///
/// Nothing in it is checked against the contract, because Hemera does that and answers. It has no address and no
/// credential: those are the client's.
#[derive(Clone)]
#[must_use = "a request does nothing until it is relayed"]
pub struct RelayRequest {
    pub(super) operation: Operation,
    pub(super) id: Option<String>,
    query: Option<String>,
    if_match: Option<HeaderValue>,
    if_none_match: Option<HeaderValue>,
    content_type: Option<HeaderValue>,
    body: Option<Bytes>,
    request_id: Option<RequestId>,
    trace: Option<TraceParent>,
}

impl RelayRequest {
    /// A request for this operation.
    pub const fn new(operation: Operation) -> Self {
        Self {
            operation,
            id: None,
            query: None,
            if_match: None,
            if_none_match: None,
            content_type: None,
            body: None,
            request_id: None,
            trace: None,
        }
    }

    /// The id of the resource: the text of its path segment, without percent-encoding. It is sent as one segment, so no
    /// text leads to another path.
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The query string as it is in a URL: percent-encoded, without the question mark.
    pub fn with_query(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into()).filter(|query| !query.is_empty());
        self
    }

    /// `If-Match`.
    pub fn with_if_match(mut self, tags: HeaderValue) -> Self {
        self.if_match = Some(tags);
        self
    }

    /// `If-None-Match`: a 304 is then passed on, and the client's response cache offers nothing of its own.
    pub fn with_if_none_match(mut self, tags: HeaderValue) -> Self {
        self.if_none_match = Some(tags);
        self
    }

    /// The body with its `Content-Type`, if it has one.
    pub fn with_body(mut self, content_type: Option<HeaderValue>, body: impl Into<Bytes>) -> Self {
        self.content_type = content_type;
        self.body = Some(body.into());
        self
    }

    /// The `X-Request-ID` that all attempts carry: by default that of [`HemeraClient::with_options`], or a new one.
    pub fn with_request_id(mut self, id: RequestId) -> Self {
        self.request_id = Some(id);
        self
    }

    /// The `traceparent`: all attempts belong to its trace, each with a span id of its own. By default the trace of
    /// [`HemeraClient::in_trace`], or a new one.
    pub const fn in_trace(mut self, parent: TraceParent) -> Self {
        self.trace = Some(parent);
        self
    }

    pub(super) fn ids(&self, client: &HemeraClient) -> CallIds {
        client.ids(self.request_id.clone(), self.trace)
    }

    /// The updates in the body, if the request writes many results and Hemera takes its body.
    pub(super) fn updates(&self) -> Option<ResultUpdates> {
        let body = self.body.as_deref();
        let body = body.filter(|_| self.operation == Operation::UpdateParticipationResults)?;
        ResultUpdates::parse(body).ok()
    }

    /// The call to make, with these updates in its body.
    pub(super) fn to_call(
        &self,
        client: &HemeraClient,
        updates: Option<&ResultUpdates>,
    ) -> Result<Call, Error> {
        let segment = self
            .segment()
            .map_err(|fault| Error::invalid(self.operation, FieldErrors::one("id", fault)))?;
        let mut url = client.url_of(self.operation, segment.as_deref(), &[]);
        url.set_query(self.query.as_deref());
        Ok(Call {
            body: self.body.clone(),
            content_type: self.content_type.clone(),
            if_match: self.if_match.clone(),
            if_none_match: self.if_none_match.clone(),
            // A body that Hemera refuses counts as one request.
            weight: updates.map_or(1, ResultUpdates::weight),
            ..Call::read(self.operation, url)
        })
    }

    /// The id as it stands in the path.
    fn segment(&self) -> Result<Option<String>, &'static str> {
        match (&self.id, self.operation.spec().has_id()) {
            (None, false) => Ok(None),
            // URLs resolve these, however they are written.
            (Some(id), true) if matches!(id.as_str(), "" | "." | "..") => {
                Err("must be a path segment: not empty, and neither `.` nor `..`")
            }
            (Some(id), true) => Ok(Some(utf8_percent_encode(id, SEGMENT).to_string())),
            (None, true) => Err("must be given: the operation is about one resource"),
            (Some(_), false) => Err("must not be given: the operation is about no single resource"),
        }
    }
}

/// Everything but the characters that no URL encodes.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Without what is personal data: body and conditions.
impl fmt::Debug for RelayRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelayRequest")
            .field("operation", &self.operation)
            .field("id", &self.id)
            .field("query", &self.query)
            .field("request_id", &self.request_id)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}
