//! `hemera-api clerk rotate`.

use std::process::ExitCode;
use std::time::Duration;

use clerk::{Error, ErrorKind, TokenKind};
use serde_json::json;

use super::setup::{lifetime, proof};
use super::{Consent, Context};
use crate::admin::Failure;
use crate::admin::provision::{end_sessions, prove};

pub(super) async fn run(context: &Context<'_>, consent: Consent) -> Result<ExitCode, Failure> {
    let user = context.user_who_is_let_in().await?;
    let kind = context.token_kind(&context.current().await?);
    consent.obtain("end the service user's sessions")?;
    let ended = end_sessions(&context.connection, &user.id).await?;
    let proven = prove(&context.connection, &context.desired, &user.id, &kind).await?;
    let mut dead = Vec::new();
    for session_id in &ended {
        dead.push(json!({ "session": session_id, "answer": refusal(context, session_id, &kind).await? }));
    }
    if context.json {
        context
            .console
            .print(json!({ "ended": dead, "session": proven.session_id }));
        return Ok(ExitCode::SUCCESS);
    }
    if ended.is_empty() {
        context.console.print("there was no session to end");
    }
    for (session_id, answer) in ended.iter().zip(&dead) {
        let status = &answer["answer"];
        context.console.print(format_args!(
            "ended {session_id}, and Clerk refuses to mint from it ({status})"
        ));
    }
    context.console.print(format_args!(
        "new session {}: {}",
        proven.session_id,
        proof(&proven)
    ));
    let life = humantime::format_duration(Duration::from_secs(lifetime(&proven)));
    context.console.print(format_args!(
        "tokens minted before live on until they expire, at most {life}; to end them now: `hemera-api clerk disable`"
    ));
    context.console.print("Aither with a ticket source signs in anew by itself; an enrolled one needs `hemera-api clerk enroll`");
    Ok(ExitCode::SUCCESS)
}

/// Asks Clerk for a token from a session that was ended, and returns the status of the refusal.
async fn refusal(context: &Context<'_>, session_id: &str, kind: &TokenKind) -> Result<u16, Failure> {
    let sessions = context.connection.api.sessions();
    let outcome = match kind {
        TokenKind::Session => sessions.mint(session_id, None).await,
        TokenKind::Template(name) => sessions.mint_from_template(session_id, name, None).await,
    };
    status_of_refusal(session_id, outcome.map(drop))
}

/// The status of Clerk's refusal. A token or a missing answer does not prove that the session has ended.
fn status_of_refusal(session_id: &str, outcome: Result<(), Error>) -> Result<u16, Failure> {
    let Err(error) = outcome else {
        return Err(format!(
            "Clerk still mints from {session_id} although it was revoked: run `hemera-api clerk disable`, and ask \
             Clerk's support"
        )
        .into());
    };
    let is_refusal = matches!(
        error.kind(),
        ErrorKind::Unauthorized | ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::Invalid
    );
    match error.status() {
        Some(status) if is_refusal => Ok(status),
        _ => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only a faulty Clerk does this, so no test from outside can bring it about.
    #[test]
    fn an_ended_session_that_still_mints_is_reported() {
        let alarm = status_of_refusal("sess_1", Ok(())).unwrap_err().to_string();
        assert!(alarm.starts_with("Clerk still mints from sess_1"), "{alarm}");
    }
}
