//! Requests of other programs, and Hemera's responses to them as they are.

mod request;

use bytes::Bytes;
use hemera_types::{ETag, Operation, Participation, Success, header};
use http::header::ETAG;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::de::IgnoredAny;

use crate::call::{Call, CallIds};
use crate::client::HemeraClient;
use crate::decode;
use crate::error::Error;
use crate::response::CallInfo;
use crate::send::HttpResponse;
pub use request::RelayRequest;

/// Hemera's response to a [`RelayRequest`], with what the call took.
#[derive(Clone)]
#[non_exhaustive]
pub struct Relayed {
    /// The status: a success, a 304 if the request had an `If-None-Match`, or an error of Hemera or of a proxy in front of it.
    pub status: StatusCode,
    /// The headers of the contract that the response has. The length of the body and what belongs to the connection to Hemera
    /// are not among them.
    pub headers: HeaderMap,
    /// The bytes that Hemera sent, decompressed.
    pub body: Bytes,
    /// What the call took.
    pub info: CallInfo,
}

impl HemeraClient {
    /// Sends a request of another program as it came, and returns Hemera's response as it is: for a program that stands in
    /// front of this client and speaks Hemera's API itself.
    ///
    /// The call is made like every other: with pace, token, retries, circuit, deadline and response cache of this client. The
    /// response to its last attempt is returned byte for byte, also if it is an error.
    ///
    /// - With an `If-None-Match` of the request, a 304 is returned. Without one, the response cache may have offered a tag; a
    ///   304 then becomes the cached body, with status 200 and the headers of the 304. `meta` in this body is that of the
    ///   original response, the header `X-Request-ID` that of this one.
    /// - A body that travelled compressed has the `ETag` of the uncompressed response, because that is what is returned.
    ///
    /// ```no_run
    /// # use aither_client::{Error, HeaderValue, HemeraClient, RelayRequest};
    /// # use aither_client::hemera_types::Operation;
    /// # async fn read(hemera: &HemeraClient) -> Result<(), Error> {
    /// let request = RelayRequest::new(Operation::GetCourse)
    ///     .with_id("course_1")
    ///     .with_if_none_match(HeaderValue::from_static("\"5d41\""));
    /// let response = hemera.relay(&request).await?;
    /// println!("{}: {} bytes", response.status, response.body.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// There is no response of Hemera's: no token, an open circuit, the deadline, the pace, no connection, or an answer that is
    /// a redirect or a 304 without a condition. A request with an id that is no path segment, without an id that the operation
    /// needs or with one that it does not, [`is_invalid`](Error::is_invalid) and is not sent.
    pub async fn relay(&self, request: &RelayRequest) -> Result<Relayed, Error> {
        let updates = request.updates();
        let call = request.to_call(self, updates.as_ref())?;
        let ids = request.ids(self);
        let relayed = self
            .counted(
                call.operation,
                &ids,
                self.relay_as(&call, &ids, request.id.as_deref()),
            )
            .await;
        if let Some(updates) = &updates {
            self.remove_updated(updates);
        }
        relayed.or_else(|error| of_error(error, &ids))
    }

    async fn relay_as(&self, call: &Call, ids: &CallIds, id: Option<&str>) -> Result<Relayed, Error> {
        let pipeline = &self.shared.pipeline;
        let raw = self.send(call, ids).await?;
        // The page of a proxy is not cached.
        if raw.is_new() && decode::success::<IgnoredAny>(&raw.response).is_ok() {
            pipeline.cache(&raw);
        }
        if let (Operation::UpdateParticipationResult, Some(id)) = (call.operation, id)
            && let Ok(Success { data, .. }) = decode::success::<Participation>(&raw.response)
        {
            self.remove_written(id, &data);
        }
        let info = raw.info(ids);
        Ok(Relayed::new(raw.response, info))
    }
}

/// The response that ended the call, if it is one to pass on.
fn of_error(error: Error, ids: &CallIds) -> Result<Relayed, Error> {
    // An answer that the request has not asked for: the caller could not use it.
    if error.status().is_none_or(|status| status.is_redirection()) {
        return Err(error);
    }
    let info = CallInfo {
        request_id: ids.request_id.clone(),
        trace_id: ids.trace.trace_id(),
        attempts: error.attempts(),
        time_spent: error.time_spent(),
    };
    error.into_response().map(|response| Relayed::new(response, info))
}

impl Relayed {
    fn new(response: HttpResponse, info: CallInfo) -> Self {
        let mut headers = HeaderMap::new();
        for name in &header::OF_RESPONSES {
            for value in response.headers.get_all(name) {
                headers.append(name, uncompressed(name == ETAG, value));
            }
        }
        Self {
            status: response.status,
            headers,
            body: response.body,
            info,
        }
    }
}

/// The header of the response without the compression in which it travelled: a strong tag stands for bytes.
fn uncompressed(is_tag: bool, value: &HeaderValue) -> HeaderValue {
    let tag = value
        .to_str()
        .ok()
        .filter(|_| is_tag)
        .and_then(|text| ETag::parse(text).ok());
    let tag = tag.and_then(|tag| HeaderValue::from_str(&tag.uncompressed().to_string()).ok());
    tag.unwrap_or_else(|| value.clone())
}

/// Without headers and body, which are personal data.
impl std::fmt::Debug for Relayed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relayed")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}
