//! The proof: sign in as Aither does, mint a token, and verify it as the server would.

use std::time::Duration;

use clerk::{Error, TokenKind, VerifiedToken, VerifyError};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{ClerkConnection, Desired};

/// The ticket is redeemed immediately; a lost one is soon worthless.
const TICKET_LIFETIME: Duration = Duration::from_mins(1);

/// A session of the service user, and a token from it that the server would accept.
#[derive(Clone, Debug)]
pub(crate) struct Proven {
    /// The session that was made. It is still alive.
    pub session_id: String,
    /// What goes after `Bearer `.
    pub jwt: SecretString,
    /// The token as the server verifies it.
    pub token: VerifiedToken,
}

/// Why the server would not let the service user in.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum NotProven {
    /// The sign-in or the minting failed at Clerk.
    #[error(transparent)]
    Clerk(#[from] Error),
    /// The server would refuse the token, or could not verify it.
    #[error(
        "the server would not accept the token that Clerk minted ({0}): check that CLERK_ISSUER, CLERK_JWT_KEY and HEMERA_TOKENS__… are right for the instance of CLERK_SECRET_KEY"
    )]
    Refused(VerifyError),
    /// The token is valid, but a claim is wrong.
    #[error("the token's claim {0} is not what it should be: run `hemera-api clerk setup`")]
    Claim(String),
}

/// As [`prove`], and ends the session: a token stays valid without it.
///
/// # Errors
/// [`NotProven`], with what to do.
pub(crate) async fn prove_and_end(
    connection: &ClerkConnection,
    desired: &Desired,
    user_id: &str,
    kind: &TokenKind,
) -> Result<Proven, NotProven> {
    let proven = prove(connection, desired, user_id, kind).await?;
    connection.api.sessions().revoke(&proven.session_id).await?;
    Ok(proven)
}

/// Signs in with a ticket, mints a token and verifies it. Leaves the session alive on success, and ends it otherwise.
///
/// # Errors
/// [`NotProven`], with what to do.
pub(crate) async fn prove(
    connection: &ClerkConnection,
    desired: &Desired,
    user_id: &str,
    kind: &TokenKind,
) -> Result<Proven, NotProven> {
    let session_id = sign_in(connection, user_id).await?;
    match verified(connection, desired, &session_id, kind).await {
        Ok((jwt, token)) => Ok(Proven {
            session_id,
            jwt,
            token,
        }),
        Err(fault) => {
            // The first error is the one to report; a session that stays behind expires by itself.
            let _ = connection.api.sessions().revoke(&session_id).await;
            Err(fault)
        }
    }
}

/// Signs in with a ticket, mints a token and ends the session, whatever a server says to the token.
///
/// # Errors
/// If Clerk refuses the sign-in or the token.
pub(crate) async fn mint_unproven(
    connection: &ClerkConnection,
    user_id: &str,
    kind: &TokenKind,
) -> Result<SecretString, Error> {
    let session_id = sign_in(connection, user_id).await?;
    let minted = mint(connection, &session_id, kind).await;
    let ended = connection.api.sessions().revoke(&session_id).await;
    let jwt = minted?;
    ended?;
    Ok(jwt)
}

/// The id of a new session.
async fn sign_in(connection: &ClerkConnection, user_id: &str) -> Result<String, Error> {
    let tickets = connection.api.sign_in_tokens();
    let made = tickets.create(user_id, TICKET_LIFETIME).await?;
    match connection.frontend.redeem_ticket(&made.ticket).await {
        Ok(signed_in) => Ok(signed_in.session_id),
        Err(error) => {
            // The first error is the one to report; the ticket is worthless within a minute.
            let _ = tickets.revoke(&made.id).await;
            Err(error)
        }
    }
}

async fn mint(
    connection: &ClerkConnection,
    session_id: &str,
    kind: &TokenKind,
) -> Result<SecretString, Error> {
    let sessions = connection.api.sessions();
    let minted = match kind {
        TokenKind::Session => sessions.mint(session_id, None).await?,
        TokenKind::Template(name) => sessions.mint_from_template(session_id, name, None).await?,
    };
    Ok(minted.jwt)
}

async fn verified(
    connection: &ClerkConnection,
    desired: &Desired,
    session_id: &str,
    kind: &TokenKind,
) -> Result<(SecretString, VerifiedToken), NotProven> {
    let jwt = mint(connection, session_id, kind).await?;
    let token = connection
        .verifier
        .verify(jwt.expose_secret())
        .await
        .map_err(NotProven::Refused)?;
    // A session token carries no role: the server looks it up.
    if *kind == TokenKind::Session {
        return Ok((jwt, token));
    }
    let mut wanted = desired.metadata();
    wanted.insert("aud".to_owned(), Value::from(desired.audience.as_str()));
    match wanted
        .iter()
        .find(|(claim, value)| token.claims.get(*claim) != Some(*value))
    {
        Some((claim, _)) => Err(NotProven::Claim(claim.clone())),
        None => Ok((jwt, token)),
    }
}
