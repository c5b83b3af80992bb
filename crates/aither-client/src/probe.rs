//! Checks from outside: whether Hemera is there, and what it says to a caller without a credential or with a wrong one.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::client::HemeraClient;
use crate::error::Error;
use crate::send;
use crate::token::Token;

/// The response to a request that no call has made.
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
        self.probe_at(self.base_url().join(path), None).await
    }

    /// The same with this credential, in place of the client's: one that Hemera must refuse.
    ///
    /// # Errors
    /// There is no response, as for [`probe`](Self::probe).
    pub async fn probe_with(&self, path: &str, token: &Token) -> Result<Probed, Error> {
        self.probe_at(self.base_url().join(path), Some(token)).await
    }

    /// The same without a credential and without TLS, at the host and the port of Hemera's address; without a port, at the
    /// port of `http`. A response that is Hemera's own says that callers may send their credentials in clear.
    ///
    /// # Errors
    /// There is no response, as for [`probe`](Self::probe).
    pub async fn probe_in_clear(&self, path: &str) -> Result<Probed, Error> {
        self.probe_at(self.base_url().join_in_clear(path), None).await
    }

    async fn probe_at(&self, url: Url, token: Option<&Token>) -> Result<Probed, Error> {
        let pipeline = &self.shared.pipeline;
        let response = send::probe(&pipeline.http, url, token, pipeline.attempt_timeout).await;
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
