//! A ticket becomes a session.
//!
//! Natively, the client token comes back in the `Authorization` header of the answer; as a browser, in the cookie
//! `__client`. Development instances want a browser to show a dev browser token first.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;
use http::header::AUTHORIZATION;
use secrecy::SecretString;
use serde::Deserialize;

use super::FrontendApi;
use super::client_token::{ClientToken, Visitor};
use super::mode::{Origin, SignInMode};
use crate::backend::{SessionStatus, Ticket};
use crate::error::{Error, ErrorKind, name};
use crate::operation::ClerkOperation;
use crate::transport::{Answer, Request};

const OPERATION: ClerkOperation = ClerkOperation::SignInWithTicket;
const SIGN_INS: [&str; 3] = ["v1", "client", "sign_ins"];

/// A completed sign-in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignedIn {
    /// `sess_…`: what the Backend API mints tokens from.
    pub session_id: String,
    /// When Clerk will end the session, used or not.
    pub ends_at: Option<SystemTime>,
    /// The credential of this client at the Frontend API. Not needed to mint at the Backend API.
    pub client_token: Option<ClientToken>,
}

#[derive(Deserialize)]
struct SignInAnswer {
    response: SignInAttempt,
    #[serde(default)]
    client: Option<Client>,
}

#[derive(Deserialize)]
struct SignInAttempt {
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    created_session_id: Option<String>,
}

#[derive(Deserialize)]
struct Client {
    #[serde(default)]
    sessions: Vec<FoundSession>,
}

#[derive(Deserialize)]
struct FoundSession {
    id: String,
    #[serde(default)]
    status: Option<SessionStatus>,
    /// Milliseconds since 1970.
    #[serde(default)]
    expire_at: Option<u64>,
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
    /// Redeems a ticket. It works once, also where the answer gets lost.
    ///
    /// Fails with [`ErrorKind::SignInIncomplete`] where the user would have to do more than show a ticket.
    pub async fn redeem_ticket(&self, ticket: &Ticket) -> Result<SignedIn, Error> {
        match &self.0.mode {
            SignInMode::Native => self.redeem_as(ticket, None).await,
            SignInMode::Browser(origin) => self.redeem_as(ticket, Some(origin)).await,
            SignInMode::NativeThenBrowser(origin) => match self.redeem_as(ticket, None).await {
                Err(error) if error.code() == Some("native_api_disabled") => {
                    self.redeem_as(ticket, Some(origin)).await
                }
                outcome => outcome,
            },
        }
    }

    /// A refusal of the visitor does not use up the ticket.
    async fn redeem_as(&self, ticket: &Ticket, origin: Option<&Origin>) -> Result<SignedIn, Error> {
        let visitor = Visitor::new(origin.cloned());
        match self.redeem(ticket, &visitor).await {
            Err(error) if error.code() == Some("dev_browser_unauthenticated") => {
                let dev_browser = self.start_dev_browser(&visitor).await?;
                self.redeem(ticket, &visitor.with_dev_browser(dev_browser)).await
            }
            outcome => outcome,
        }
    }

    /// The first request has no client token yet. Clerk's error table wants a native client to send `Authorization`;
    /// in practice it may be absent. An empty one is tried only where the absent one is refused.
    async fn redeem(&self, ticket: &Ticket, visitor: &Visitor) -> Result<SignedIn, Error> {
        let request = || visitor.prepare(sign_in(ticket));
        let answer = match self.0.transport.send(request()?).await {
            Err(error) if visitor.is_native() && error.code() == Some("request_header_missing") => {
                let empty = request()?.with_header(AUTHORIZATION, HeaderValue::from_static(""));
                self.0.transport.send(empty).await?
            }
            outcome => outcome?,
        };
        signed_in(&answer, visitor)
    }

    async fn start_dev_browser(&self, visitor: &Visitor) -> Result<SecretString, Error> {
        const OPERATION: ClerkOperation = ClerkOperation::StartDevBrowser;
        let request = visitor.prepare(Request::post(OPERATION, &["v1", "dev_browser"]))?;
        let DevBrowser { token, id } = self.0.transport.json(request).await?;
        token
            .or(id)
            .ok_or_else(|| Error::new(OPERATION, ErrorKind::Unintelligible))
    }
}

fn sign_in(ticket: &Ticket) -> Request<'static> {
    Request::post(OPERATION, &SIGN_INS).with_form(&[("strategy", "ticket"), ("ticket", ticket.expose())])
}

fn signed_in(answer: &Answer, visitor: &Visitor) -> Result<SignedIn, Error> {
    let SignInAnswer { response, client } = answer.json()?;
    let incomplete = |code: &str| Err(Error::new(OPERATION, ErrorKind::SignInIncomplete).with_code(code));
    match response.status.as_deref() {
        Some("complete") => {}
        status => return incomplete(&status.and_then(name).unwrap_or_else(|| "no_status".to_owned())),
    }
    let Some(session_id) = response.created_session_id else {
        return incomplete("no_session");
    };
    let sessions = client.map(|client| client.sessions).unwrap_or_default();
    let found = sessions.into_iter().find(|session| session.id == session_id);
    let status = found.as_ref().and_then(|session| session.status.as_ref());
    if status == Some(&SessionStatus::Pending) {
        return incomplete("session_pending");
    }
    Ok(SignedIn {
        session_id,
        ends_at: found.and_then(|session| time(session.expire_at?)),
        client_token: visitor.token_in(&answer.headers),
    })
}

/// A point in time as Clerk's objects carry it.
pub(super) fn time(millis: u64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_millis(millis))
}
