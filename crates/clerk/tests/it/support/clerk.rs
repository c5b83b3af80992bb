//! A minimal Clerk: enough for a service user to sign in and mint, with a journal to count by.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clerk::{BackendApi, BackendApiBuilder, FrontendApi, SecretKey, SignInMode};
use serde_json::{Value, json};
use url::Url;

use super::server::{Reply, Seen, Server};
use super::token::{session_token, template_token};

pub(crate) const SECRET: &str = "sk_live_0123456789abcdefghijKLMNOP";
pub(crate) const TICKET: &str = "ticket-0123456789";
pub(crate) const CLIENT_TOKEN: &str = "client-token-0123456789";
pub(crate) const USER: &str = "user_2aBcDeFgHiJkLmNoPqRsTuVwXyZ";

pub(crate) const SERVICE_ADDRESS: &str = "aither-service@hemera-academy.com";

/// Answers given instead of the usual ones: the first whose line matches, removed when used up.
#[derive(Clone, Default)]
pub(crate) struct Overrides(Arc<Mutex<Vec<(String, Reply)>>>);

impl Overrides {
    /// The next request with this line (`POST /v1/sign_in_tokens`) gets this answer.
    pub(crate) fn next(&self, line: &str, reply: Reply) {
        self.0.lock().unwrap().push((line.to_owned(), reply));
    }

    fn take(&self, line: &str) -> Option<Reply> {
        let mut waiting = self.0.lock().unwrap();
        let index = waiting.iter().position(|(wanted, _)| wanted == line)?;
        Some(waiting.remove(index).1)
    }
}

pub(crate) struct Clerk {
    pub(crate) server: Server,
    pub(crate) overrides: Overrides,
}

impl Clerk {
    /// Sessions are `sess_1`, `sess_2`, … in the order of their sign-ins.
    pub(crate) async fn start() -> Self {
        let overrides = Overrides::default();
        let (special, sessions) = (overrides.clone(), Mutex::new(0));
        let server = Server::start(move |seen| match special.take(&seen.line()) {
            Some(reply) => reply,
            None => usual(seen, &mut sessions.lock().unwrap()),
        })
        .await;
        Self { server, overrides }
    }

    pub(crate) fn backend(&self) -> BackendApi {
        backend_at(self.server.url.clone())
    }

    pub(crate) fn frontend(&self) -> FrontendApi {
        self.frontend_as(SignInMode::Native)
    }

    pub(crate) fn frontend_as(&self, mode: SignInMode) -> FrontendApi {
        FrontendApi::builder(self.server.url.clone())
            .with_mode(mode)
            .build()
            .unwrap()
    }

    /// The next sign-in is refused until it shows a dev browser, which is answered with this body.
    pub(crate) fn demand_dev_browser(&self, body: &Value) {
        let refusal = Reply::error(401, "dev_browser_unauthenticated");
        self.overrides.next("POST /v1/client/sign_ins", refusal);
        self.overrides.next("POST /v1/dev_browser", Reply::json(body));
    }
}

/// The Backend API at this address, with the secret key.
pub(crate) fn backend_at(url: Url) -> BackendApi {
    backend_builder(url).build().unwrap()
}

/// The same with a deadline that tests of silence can wait for.
pub(crate) fn impatient_backend_at(url: Url) -> BackendApi {
    backend_builder(url)
        .with_timeout(Duration::from_millis(500))
        .build()
        .unwrap()
}

pub(crate) fn backend_builder(url: Url) -> BackendApiBuilder {
    BackendApi::builder(SecretKey::parse(SECRET).unwrap()).with_base_url(url)
}

/// What a sign-in answers.
pub(crate) fn signed_in(session_id: &str) -> Reply {
    Reply::json(&json!({
        "response": { "object": "sign_in_attempt", "id": "sia_1", "status": "complete", "created_session_id": session_id },
        "client": { "object": "client", "id": "client_1", "sessions": [{ "id": session_id, "status": "active" }] },
    }))
    .with_header("authorization", CLIENT_TOKEN)
}

pub(crate) fn session(id: &str, status: &str) -> Reply {
    Reply::json(
        &json!({ "object": "session", "id": id, "user_id": USER, "client_id": "client_1", "status": status }),
    )
}

/// A user with this address alone, and verified.
pub(crate) fn user_of(address: &str) -> Value {
    json!({
        "object": "user", "id": USER, "primary_email_address_id": "idn_1",
        "email_addresses": [{ "id": "idn_1", "email_address": address, "verification": { "status": "verified" } }],
    })
}

fn usual(seen: &Seen, sessions: &mut u32) -> Reply {
    let path: Vec<&str> = seen.path.trim_start_matches('/').split('/').collect();
    match (seen.method.as_str(), path.as_slice()) {
        ("POST", ["v1", "sign_in_tokens"]) => Reply::json(&json!({
            "object": "sign_in_token", "id": "sit_1", "status": "pending", "user_id": USER, "token": TICKET,
        })),
        ("POST", ["v1", "client", "sign_ins"]) => {
            *sessions += 1;
            signed_in(&format!("sess_{sessions}"))
        }
        ("GET", ["v1", "users"]) => Reply::json(&json!([user_of(SERVICE_ADDRESS)])),
        ("GET", ["v1", "sessions", id]) => session(id, "active"),
        ("POST", ["v1", "sessions", id, "revoke"]) => session(id, "revoked"),
        ("POST", ["v1", "sessions", _, "tokens"]) => {
            Reply::json(&json!({ "object": "token", "jwt": session_token() }))
        }
        ("POST", ["v1", "sessions", _, "tokens", "hemera-api"]) => {
            Reply::json(&json!({ "object": "token", "jwt": template_token() }))
        }
        _ => Reply::error(404, "resource_not_found"),
    }
}
