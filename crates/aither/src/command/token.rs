//! `aither token`.

use aither_client::freshness::Held;
use aither_client::hemera_types::Timestamp;
use aither_client::{HemeraClient, Token};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::console::listing::Listing;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct TokenArguments {
    /// Print the token itself, and nothing else: its holder can do what Aither may until it expires
    #[arg(long)]
    reveal: bool,
}

/// The result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    kind: &'static str,
    /// `null` for a key, which does not expire.
    lifetime_seconds: Option<u64>,
    age_seconds: u64,
    expires_in_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<Map<String, Value>>,
    /// Only if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

pub(crate) async fn run(context: &Context, arguments: &TokenArguments) -> Result<Exit, Failure> {
    context
        .with_client("requesting a token", async |client| {
            show(context, arguments, client).await
        })
        .await
}

async fn show(context: &Context, arguments: &TokenArguments, client: &HemeraClient) -> Result<Exit, Failure> {
    let held = client.tokens().token().await?;
    let secret = held.value.expose();
    let secret = secret.expose_secret();
    let shown = Shown {
        kind: if held.value.is_bearer() {
            "jwt"
        } else {
            "service-key"
        },
        lifetime_seconds: held.lifetime.map(|lifetime| lifetime.as_secs()),
        age_seconds: held.age.as_secs(),
        expires_in_seconds: held.remaining().map(|left| left.as_secs()),
        claims: claims(&held.value, secret),
        token: arguments.reveal.then(|| secret.to_owned()),
    };
    context.print(&shown, || match &shown.token {
        Some(token) => format!("{token}\n"),
        None => listing(&held, shown.claims.as_ref()).render(context.console.width()),
    })?;
    Ok(Exit::Done)
}

/// What the token says. Not verified: that is Hemera's part.
fn claims(token: &Token, secret: &str) -> Option<Map<String, Value>> {
    let payload = token.is_bearer().then(|| secret.split('.').nth(1)).flatten()?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&payload).ok()
}

fn listing(held: &Held<Token>, claims: Option<&Map<String, Value>>) -> Listing {
    let mut listing = Listing::default();
    let Some(left) = held.remaining() else {
        listing.value("kind", "service key");
        listing.value("expires", "never; --reveal prints it");
        return listing;
    };
    listing.value("kind", "JWT; --reveal prints it");
    listing.value("age", format_args!("{} s", held.age.as_secs()));
    listing.value("expires in", format_args!("{} s", left.as_secs()));
    let shown = claims
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={}", claim(name, value)));
    listing.text("claims", Some(&shown.collect::<Vec<_>>().join("\n")));
    listing
}

/// A claim, with the times of the standard as people read them.
fn claim(name: &str, value: &Value) -> String {
    let time = || {
        let seconds = value.as_i64()?;
        Some(Timestamp::from(
            OffsetDateTime::from_unix_timestamp(seconds).ok()?,
        ))
    };
    match (name, value) {
        ("exp" | "iat" | "nbf", _) => time().map_or_else(|| value.to_string(), |time| time.to_string()),
        (_, Value::String(text)) => text.clone(),
        _ => value.to_string(),
    }
}
