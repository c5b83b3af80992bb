//! Minting from a session as its own client, without the secret key.

use super::FrontendApi;
use super::client_session::ClientSession;
use super::client_token::ClientToken;
use crate::error::{Error, ErrorKind};
use crate::minted::{MintAnswer, MintedToken};
use crate::operation::ClerkOperation;
use crate::token_kind::TokenKind;
use crate::transport::Request;

const OPERATION: ClerkOperation = ClerkOperation::MintClientToken;

/// The outcome of a mint, and the client token since.
#[derive(Debug)]
#[non_exhaustive]
pub struct ClientMint {
    /// The token, or why there is none.
    pub outcome: Result<MintedToken, Error>,
    /// Another client token, where the answer brought one, the refusal of a mint included. Keep it: the one before
    /// may be worthless from now on.
    pub client_token: Option<ClientToken>,
}

impl FrontendApi {
    /// Mints a token from a session that this client holds. The lifetime is Clerk's or the template's; tokens minted
    /// as a browser name the origin in `azp`.
    ///
    /// Whether the session is over says [`Error::is_session_over`]. Clerk answers the same for a template that does not
    /// exist, so the session is read to distinguish them.
    pub async fn mint(&self, session: &ClientSession, kind: &TokenKind) -> ClientMint {
        let mut token = session.token.clone();
        let mut outcome = self.mint_with(&mut token, &session.id, kind).await;
        if let Err(error) = &outcome
            && error.is_not_found()
        {
            outcome = Err(self.explain(error.clone(), &mut token, &session.id, kind).await);
        }
        let changed = !token.is_same(&session.token);
        ClientMint {
            outcome,
            client_token: changed.then_some(token),
        }
    }

    async fn mint_with(
        &self,
        token: &mut ClientToken,
        session_id: &str,
        kind: &TokenKind,
    ) -> Result<MintedToken, Error> {
        let tokens = ["v1", "client", "sessions", session_id, "tokens"];
        let from_template: Vec<&str>;
        let path = match kind {
            TokenKind::Session => &tokens[..],
            TokenKind::Template(name) => {
                from_template = [&tokens[..], &[name.as_str()]].concat();
                &from_template
            }
        };
        let answer: MintAnswer = self.as_client(token, Request::post(OPERATION, path)).await?;
        answer.into_token(OPERATION)
    }

    /// What a 404 at the mint was about.
    async fn explain(
        &self,
        error: Error,
        token: &mut ClientToken,
        session_id: &str,
        kind: &TokenKind,
    ) -> Error {
        let path = ["v1", "client", "sessions", session_id];
        let request = Request::get(ClerkOperation::ReadClientSession, &path);
        match self.as_client::<serde::de::IgnoredAny>(token, request).await {
            Ok(_) if matches!(kind, TokenKind::Template(_)) => error.with_code("template_not_found"),
            Err(look) if look.is_not_found() || look.is_session_over() => {
                Error::new(OPERATION, ErrorKind::Unauthorized)
                    .with_status(error.status().unwrap_or(404))
                    .with_code("signed_out")
            }
            Ok(_) => error,
            Err(look) => look,
        }
    }

    async fn as_client<T: serde::de::DeserializeOwned>(
        &self,
        token: &mut ClientToken,
        request: Request<'_>,
    ) -> Result<T, Error> {
        let response = self.0.transport.response(token.prepare(request)?).await?;
        if let Some(next) = token.visitor.token_in(&response.headers) {
            *token = next;
        }
        response.outcome?.json()
    }
}
