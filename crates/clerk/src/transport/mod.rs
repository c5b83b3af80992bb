//! The only module that uses HTTP: headers, deadline, bounds, and answers turned into values or errors.

mod backend;
mod request;
mod response;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use network::Network;
use parking_lot::RwLock;
use serde::de::DeserializeOwned;
use url::Url;

pub(crate) use self::backend::BackendConnection;
use self::request::Body;
pub(crate) use self::request::{MAX_KEY_SET, Request};
pub(crate) use self::response::{Answer, HttpResponse};
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorKind};
use crate::operation::ClerkOperation;

/// The version of Clerk's APIs that this crate is written against. Always sent: what Clerk does without one
/// is not documented.
pub(crate) const API_VERSION: &str = "2026-05-12";

/// For one call as a whole, to the last byte of the answer.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

const CLERK_API_VERSION: HeaderName = HeaderName::from_static("clerk-api-version");
const USER_AGENT: &str = concat!("hemera-aither-clerk/", env!("CARGO_PKG_VERSION"));

/// A connection pool to one of Clerk's APIs. Requests built from it cannot leave its base URL, and redirects are
/// not followed, so a credential given to it reaches that origin only.
#[derive(Clone)]
pub(crate) struct Transport {
    http: reqwest::Client,
    base: BaseUrl,
    /// Shared by the clones, so that a key is replaced for all of them.
    authorization: Option<Arc<RwLock<HeaderValue>>>,
}

impl Transport {
    pub(crate) fn new(
        operation: ClerkOperation,
        base: Url,
        timeout: Duration,
        network: &Network,
        authorization: Option<HeaderValue>,
    ) -> Result<Self, Error> {
        let setting = || Error::new(operation, ErrorKind::Setting);
        let base = BaseUrl::try_new(base).map_err(|invalid| setting().with_source(invalid))?;
        let builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .timeout(timeout)
            .connect_timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            // The same requests also where other crates of the build turn on more of reqwest.
            .no_gzip()
            .no_brotli()
            .referer(false);
        let builder = network.configure(builder, base.as_url());
        let http = builder.build().map_err(|error| setting().with_source(error))?;
        Ok(Self {
            http,
            base,
            authorization: authorization.map(|value| Arc::new(RwLock::new(value))),
        })
    }

    /// Sends this credential from the next request on, from every clone.
    pub(crate) fn replace_authorization(&self, value: HeaderValue) {
        if let Some(authorization) = &self.authorization {
            *authorization.write() = value;
        }
    }

    /// The same connections with a credential of their own.
    pub(crate) fn with_authorization(&self, value: HeaderValue) -> Self {
        Self {
            authorization: Some(Arc::new(RwLock::new(value))),
            ..self.clone()
        }
    }

    /// Sends a request and reads the answer as JSON.
    pub(crate) async fn json<T: DeserializeOwned>(&self, request: Request<'_>) -> Result<T, Error> {
        self.send(request).await?.json()
    }

    /// Sends a request; any status but 2xx is an error.
    pub(crate) async fn send(&self, request: Request<'_>) -> Result<Answer, Error> {
        self.response(request).await?.outcome
    }

    /// Sends a request and keeps the headers of the response, also of a refusal. Fails only where there was no response.
    pub(crate) async fn response(&self, request: Request<'_>) -> Result<HttpResponse, Error> {
        let (operation, max_answer) = (request.operation, request.max_answer);
        let request = self.build(request)?;
        match self.http.execute(request).await {
            Ok(response) => Ok(HttpResponse::read(operation, response, max_answer).await),
            Err(error) => Err(response::broken(operation, error)),
        }
    }

    fn build(&self, request: Request<'_>) -> Result<reqwest::Request, Error> {
        let argument = || Error::new(request.operation, ErrorKind::Argument);
        let mut url = self.base.join(request.path).ok_or_else(argument)?;
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let mut builder = self
            .http
            .request(request.method, url)
            .header(ACCEPT, "application/json")
            .header(CLERK_API_VERSION, API_VERSION);
        if let Some(authorization) = &self.authorization {
            builder = builder.header(AUTHORIZATION, authorization.read().clone());
        }
        builder = match request.body {
            None => builder,
            Some(Body::Json(bytes)) => {
                let bytes = bytes
                    .map_err(|error| Error::new(request.operation, ErrorKind::Argument).with_source(error))?;
                builder.header(CONTENT_TYPE, "application/json").body(bytes)
            }
            Some(Body::Form(text)) => builder
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(text),
        };
        builder.headers(request.headers).build().map_err(|error| {
            Error::new(request.operation, ErrorKind::Argument).with_source(error.without_url())
        })
    }
}

/// Without the HTTP client, whose text has all of its settings.
impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}
