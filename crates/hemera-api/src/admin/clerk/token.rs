//! `hemera-api clerk token`.

use std::process::ExitCode;

use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{Consent, Context};
use crate::admin::Failure;
use crate::admin::provision::{prove_and_end, timestamp};

pub(super) async fn run(context: &Context<'_>, consent: Consent) -> Result<ExitCode, Failure> {
    let user = context.user_who_is_let_in().await?;
    let kind = context.token_kind(&context.current().await?);
    consent.obtain("sign in once as the service user and mint a token")?;
    let proven = prove_and_end(&context.connection, &context.desired, &user.id, &kind).await?;
    let (token, jwt) = (&proven.token, proven.jwt.expose_secret());
    let expires_at = timestamp(token.expires_at);
    if context.json {
        let document = json!({ "token": jwt, "claims": token.claims, "expiresAt": expires_at });
        context.console.print(document);
        return Ok(ExitCode::SUCCESS);
    }
    let width = token.claims.keys().map(String::len).max().unwrap_or_default();
    for (claim, value) in &token.claims {
        context.console.note(format_args!("{claim:<width$}  {value}"));
    }
    context
        .console
        .note(format_args!("good until {expires_at}; for example:"));
    let server = context
        .server
        .as_ref()
        .map_or("$HEMERA", |origin| origin.as_str().trim_end_matches('/'));
    context.console.note(format_args!(
        "  curl -H \"Authorization: Bearer $(hemera-api clerk token)\" {server}/api/service/courses"
    ));
    context.console.print(jwt);
    Ok(ExitCode::SUCCESS)
}
