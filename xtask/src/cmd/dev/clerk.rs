//! The local Clerk as a person at the keyboard uses it: over HTTP.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// The secret key of an emulator that plays a development instance.
pub(super) const SECRET_KEY: &str = "sk_test_emulator";

/// Aither's user in the emulator's own seed.
pub(super) const SERVICE_USER: &str = "aither-service@hemera-academy.com";
const TEMPLATE: &str = "hemera-api";
const SECONDS: u64 = 5;

/// A running emulator.
#[derive(Debug)]
pub(crate) struct LocalClerk {
    origin: String,
}

impl LocalClerk {
    pub(super) fn at(address: SocketAddr) -> Self {
        Self {
            origin: format!("http://{address}"),
        }
    }

    /// Backend and Frontend API in one.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    pub(super) fn answers(&self) -> bool {
        let keys = format!("{}/.well-known/jwks.json", self.origin);
        minreq::get(keys)
            .with_timeout(SECONDS)
            .send()
            .is_ok_and(|answer| answer.status_code == 200)
    }

    /// A token as Aither presents it: of the template, for the service user, in a session made for it. Development
    /// instances allow that; on production ones the client signs in with a ticket.
    pub(crate) fn service_token(&self) -> Result<String> {
        let query = format!("/v1/users?email_address={}", SERVICE_USER.replace('@', "%40"));
        let users = self.call(minreq::get(format!("{}{query}", self.origin)))?;
        let user = text(&users[0], "id").with_context(|| format!("the emulator knows no {SERVICE_USER}"))?;
        let session = self.post("/v1/sessions", &json!({ "user_id": user }))?;
        let session = text(&session, "id")?;
        let token = self.post(&format!("/v1/sessions/{session}/tokens/{TEMPLATE}"), &json!({}))?;
        text(&token, "jwt")
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = minreq::post(format!("{}{path}", self.origin))
            .with_header("Content-Type", "application/json")
            .with_body(body.to_string());
        self.call(request)
    }

    fn call(&self, request: minreq::Request) -> Result<Value> {
        let answer = request
            .with_header("Authorization", format!("Bearer {SECRET_KEY}"))
            .with_timeout(SECONDS)
            .send()
            .with_context(|| format!("the emulator at {} does not answer", self.origin))?;
        if answer.status_code != 200 {
            bail!(
                "the emulator answered {}: {}",
                answer.status_code,
                answer.as_str().unwrap_or_default()
            );
        }
        serde_json::from_slice(answer.as_bytes()).context("the emulator's answer is not JSON")
    }
}

fn text(value: &Value, name: &str) -> Result<String> {
    value[name]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("the emulator's answer has no `{name}`"))
}
