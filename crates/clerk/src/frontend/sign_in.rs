//! A ticket becomes a session.
//!
//! Natively, the client token comes back in the `Authorization` header of the answer; as a browser, in the cookie
//! `__client`. Development instances want a browser to show a dev browser token first.

use std::fmt;

use http::header::{AUTHORIZATION, ORIGIN, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::mode::Origin;
use super::{FrontendApi, SignInMode};
use crate::backend::{SessionStatus, Ticket};
use crate::error::{Error, ErrorKind, name};
use crate::transport::{Answer, Request};

const OPERATION: &str = "sign in with a ticket";
const SIGN_INS: [&str; 3] = ["v1", "client", "sign_ins"];
const CLIENT_COOKIE: &str = "__client";

/// A completed sign-in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignedIn {
    /// `sess_…`: what the Backend API mints tokens from.
    pub session_id: String,
    /// What the Frontend API would know this client by. Not needed to mint at the Backend API.
    pub client_token: Option<ClientToken>,
}

/// The credential of a signed-in client at the Frontend API. It may change with every answer.
#[derive(Clone)]
pub struct ClientToken(SecretString);

#[derive(Deserialize)]
struct Envelope {
    response: SignIn,
    #[serde(default)]
    client: Option<Client>,
}

#[derive(Deserialize)]
struct SignIn {
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    created_session_id: Option<String>,
}

#[derive(Deserialize)]
struct Client {
    #[serde(default)]
    sessions: Vec<ClientSession>,
}

#[derive(Deserialize)]
struct ClientSession {
    id: String,
    #[serde(default)]
    status: Option<SessionStatus>,
}

/// Clerk's description has both an id and a token here; which of them older instances send differs.
#[derive(Deserialize)]
struct DevBrowser {
    #[serde(default)]
    token: Option<SecretString>,
    #[serde(default)]
    id: Option<SecretString>,
}

impl FrontendApi {
    /// Redeems a ticket. It works once, whatever becomes of the answer.
    ///
    /// Fails with [`ErrorKind::SignInIncomplete`] where the user would have to do more than show a ticket.
    pub async fn redeem_ticket(&self, ticket: &Ticket) -> Result<SignedIn, Error> {
        match &self.0.mode {
            SignInMode::Native => self.redeem_natively(ticket).await,
            SignInMode::Browser(origin) => self.redeem_as_browser(ticket, origin).await,
            SignInMode::NativeThenBrowser(origin) => match self.redeem_natively(ticket).await {
                Err(error) if error.code() == Some("native_api_disabled") => {
                    self.redeem_as_browser(ticket, origin).await
                }
                outcome => outcome,
            },
        }
    }

    /// The first request has no client token yet. Clerk's error table wants a native client to send `Authorization`;
    /// in practice it may be absent. An empty one is tried only where the absent one is refused, which does not use
    /// up the ticket.
    async fn redeem_natively(&self, ticket: &Ticket) -> Result<SignedIn, Error> {
        let request = || sign_in(ticket).with_query("_is_native", "1");
        let answer = match self.0.transport.send(request()).await {
            Err(error) if error.code() == Some("request_header_missing") => {
                let empty = request().with_header(AUTHORIZATION, HeaderValue::from_static(""));
                self.0.transport.send(empty).await?
            }
            outcome => outcome?,
        };
        signed_in(&answer, token_from_authorization(&answer.headers))
    }

    async fn redeem_as_browser(&self, ticket: &Ticket, origin: &Origin) -> Result<SignedIn, Error> {
        let origin = HeaderValue::try_from(origin.as_str())
            .map_err(|error| Error::new(OPERATION, ErrorKind::Setting).with_source(error))?;
        let request = || sign_in(ticket).with_header(ORIGIN, origin.clone());
        let answer = match self.0.transport.send(request()).await {
            Err(error) if error.code() == Some("dev_browser_unauthenticated") => {
                let dev_browser = self.start_dev_browser(&origin).await?;
                self.0
                    .transport
                    .send(request().with_query("__clerk_db_jwt", dev_browser.expose_secret()))
                    .await?
            }
            outcome => outcome?,
        };
        signed_in(&answer, token_from_cookie(&answer.headers))
    }

    async fn start_dev_browser(&self, origin: &HeaderValue) -> Result<SecretString, Error> {
        const OPERATION: &str = "start a dev browser";
        let request = Request::post(OPERATION, &["v1", "dev_browser"]).with_header(ORIGIN, origin.clone());
        let DevBrowser { token, id } = self.0.transport.json(request).await?;
        token
            .or(id)
            .ok_or_else(|| Error::new(OPERATION, ErrorKind::Unintelligible))
    }
}

fn sign_in(ticket: &Ticket) -> Request<'static> {
    Request::post(OPERATION, &SIGN_INS).with_form(&[("strategy", "ticket"), ("ticket", ticket.expose())])
}

fn signed_in(answer: &Answer, client_token: Option<ClientToken>) -> Result<SignedIn, Error> {
    let Envelope { response, client } = answer.json()?;
    let incomplete = |code: &str| Err(Error::new(OPERATION, ErrorKind::SignInIncomplete).with_code(code));
    match response.status.as_deref() {
        Some("complete") => {}
        status => return incomplete(&status.and_then(name).unwrap_or_else(|| "no_status".to_owned())),
    }
    let Some(session_id) = response.created_session_id else {
        return incomplete("no_session");
    };
    let sessions = client.map(|client| client.sessions).unwrap_or_default();
    let status = sessions
        .into_iter()
        .find(|session| session.id == session_id)
        .and_then(|session| session.status);
    if status == Some(SessionStatus::Pending) {
        return incomplete("session_pending");
    }
    Ok(SignedIn {
        session_id,
        client_token,
    })
}

fn token_from_authorization(headers: &HeaderMap) -> Option<ClientToken> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?.trim();
    let token = text.strip_prefix("Bearer").map_or(text, str::trim);
    ClientToken::parse(token)
}

fn token_from_cookie(headers: &HeaderMap) -> Option<ClientToken> {
    let cookies = headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let value = cookies
        .filter_map(|cookie| cookie.split(';').next()?.trim().split_once('='))
        .find_map(|(cookie, value)| (cookie == CLIENT_COOKIE).then_some(value))?;
    ClientToken::parse(value)
}

impl ClientToken {
    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(SecretString::from(text)))
    }

    /// The token itself, for whoever keeps it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for ClientToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientToken(…)")
    }
}
