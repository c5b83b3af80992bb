//! Requests without a credential: whether Hemera is there, and what it says to strangers.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::client::HemeraClient;
use crate::error::Error;
use crate::send;

/// The response to a request without a credential.
#[derive(Clone)]
#[non_exhaustive]
pub struct Probed {
    /// Its status; a redirect is not followed.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Bytes,
}

impl HemeraClient {
    /// Sends `GET path` without a credential, for a check from outside: `/readyz`, or an operation that must refuse it.
    ///
    /// It is one attempt with the time of one (10 s by default): without pace, retries, circuit and response cache, because
    /// these belong to calls. `path` starts with `/`, and stands under the address of Hemera.
    ///
    /// # Errors
    /// There is no response: [`is_connection`](Error::is_connection) or [`is_timeout`](Error::is_timeout).
    pub async fn probe(&self, path: &str) -> Result<Probed, Error> {
        let pipeline = &self.shared.pipeline;
        let url = self.base_url().join(path);
        let response = send::probe(&pipeline.http, url, pipeline.attempt_timeout).await;
        let response = response.map_err(Error::not_answered)?;
        Ok(Probed {
            status: response.status,
            headers: response.headers,
            body: response.body,
        })
    }
}

/// Without headers and body, which may be anything.
impl fmt::Debug for Probed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probed")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
