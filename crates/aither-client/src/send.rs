//! One attempt: a request and its response. The only file that talks HTTP.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hemera_types::{RequestId, TraceParent, header};
use http::header::{ACCEPT, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use network::{ConnectFault, Network};
use reqwest::redirect;
use url::Url;

use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::token::Token;

/// The `User-Agent` of this client.
pub(crate) const USER_AGENT: &str = concat!("aither-client/", env!("CARGO_PKG_VERSION"));

/// The largest body that is read, in bytes after decompression; a body that decompresses to more is cut off. The largest
/// responses of the contract are course materials, HTML texts of a few hundred kilobytes; a larger one is not Hemera's.
pub(crate) const MAX_BODY: usize = 16 * 1024 * 1024;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Shorter than the 60 s after which common proxies close idle connections, so that the client closes first.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// A complete response, its body read to the end.
#[derive(Clone, Debug)]
pub(crate) struct HttpResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is no response. The causes carry no URL: the error's line names the operation.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    #[error("no answer in time")]
    TimedOut(#[source] reqwest::Error),
    /// With the fault, if a proxy or a certificate is the reason.
    #[error("no connection")]
    NotConnected(#[source] reqwest::Error, Option<ConnectFault>),
    #[error("the connection broke")]
    Broken(#[source] reqwest::Error),
    #[error("the answer is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the request could not be written")]
    NotSendable(#[source] reqwest::Error),
}

/// What an attempt carries beside its call.
#[derive(Debug)]
pub(crate) struct Carried<'a> {
    pub(crate) request_id: &'a RequestId,
    /// The span of this attempt.
    pub(crate) trace: TraceParent,
    pub(crate) token: &'a Token,
    /// The tag of the cached response. A condition of the call itself takes its place.
    pub(crate) if_none_match: Option<&'a HeaderValue>,
}

/// The connection pool of a client: it accepts compressed responses, follows no redirects (a credential goes to the
/// configured origin only), and for loopback uses no proxy (which would receive the credential in clear).
pub(crate) fn connections(base_url: &BaseUrl, network: &Network) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT);
    network.configure(builder, base_url.as_url()).build()
}

/// Sends one attempt and reads its response, both within `timeout`.
pub(crate) async fn send(
    http: &reqwest::Client,
    call: &Call,
    carried: &Carried<'_>,
    timeout: Duration,
) -> Result<HttpResponse, SendError> {
    let (name, credential) = carried.token.header();
    let mut request = http
        .request(call.operation.spec().method.clone(), call.url.clone())
        .timeout(timeout)
        .header(name, credential)
        .header(header::X_REQUEST_ID, carried.request_id.as_str())
        .header(header::TRACEPARENT, carried.trace.to_string())
        .header(ACCEPT, "application/json");
    if let Some(tag) = call.if_none_match.as_ref().or(carried.if_none_match) {
        request = request.header(IF_NONE_MATCH, tag);
    }
    if let Some(tag) = &call.if_match {
        request = request.header(IF_MATCH, tag);
    }
    if let Some(body) = &call.body {
        if let Some(content_type) = &call.content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        request = request.body(body.clone());
    }
    let response = request.send().await.map_err(classify)?;
    read(response).await
}

/// Sends a request with this credential or without any, and reads its response, both within `timeout`.
pub(crate) async fn probe(
    http: &reqwest::Client,
    url: Url,
    token: Option<&Token>,
    timeout: Duration,
) -> Result<HttpResponse, SendError> {
    let mut request = http.get(url).timeout(timeout).header(ACCEPT, "application/json");
    if let Some((name, credential)) = token.map(Token::header) {
        request = request.header(name, credential);
    }
    read(request.send().await.map_err(classify)?).await
}

async fn read(mut response: reqwest::Response) -> Result<HttpResponse, SendError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(SendError::TooLarge { limit: MAX_BODY });
        }
        body.extend_from_slice(&chunk);
    }
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    Ok(HttpResponse {
        status,
        headers,
        body: body.freeze(),
    })
}

fn classify(error: reqwest::Error) -> SendError {
    let error = error.without_url();
    if error.is_builder() {
        SendError::NotSendable(error)
    } else if error.is_timeout() && !error.is_connect() {
        SendError::TimedOut(error)
    } else if error.is_connect() {
        let fault = ConnectFault::of(&error);
        SendError::NotConnected(error, fault)
    } else {
        SendError::Broken(error)
    }
}
