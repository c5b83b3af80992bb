//! Fetched keys: how long they are trusted, how often they are fetched, and what is made of odd documents.

mod activity;
mod age;
mod documents;
mod window;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clerk::{BackendApi, KeySet, KeySetPolicy, KeySource, SecretKey, TokenPolicy, Verifier, VerifyError};
use freshness::ManualClock;
use serde_json::{Value, json};

use crate::support::clerk::SECRET;
use crate::support::keys::{SigningKey, key_set};
use crate::support::server::{Reply, Server};
use crate::support::token::{ISSUER, base64, now, session_claims, session_header, token, with};

/// A server whose key set can be exchanged, a verifier on it, and the time of both.
struct Stage {
    server: Server,
    answer: Arc<Mutex<Reply>>,
    verifier: Verifier,
    clock: ManualClock,
}

impl Stage {
    async fn with(first: Reply) -> Self {
        let answer = Arc::new(Mutex::new(first));
        let shown = Arc::clone(&answer);
        let server = Server::start(move |_| shown.lock().unwrap().clone()).await;
        let clock = ManualClock::at(now());
        let backend = BackendApi::builder(SecretKey::parse(SECRET).unwrap())
            .with_base_url(server.url.clone())
            .with_timeout(Duration::from_millis(500))
            .build()
            .unwrap();
        let keys = KeySet::remote(
            KeySource::Backend(backend),
            KeySetPolicy::default(),
            Arc::new(clock.clone()),
        );
        let policy = TokenPolicy::for_issuer(ISSUER).with_leeway(Duration::from_hours(1));
        let verifier = Verifier::new(policy, keys, Arc::new(clock.clone()));
        Self {
            server,
            answer,
            verifier,
            clock,
        }
    }

    async fn start() -> Self {
        Self::with(Reply::json(&key_set())).await
    }

    fn publish(&self, keys: &Value) {
        self.answer(Reply::json(&json!({ "keys": keys })));
    }

    fn answer(&self, reply: Reply) {
        *self.answer.lock().unwrap() = reply;
    }

    fn fetches(&self) -> usize {
        self.server.seen().len()
    }

    async fn verify(&self, token: &str) -> &'static str {
        outcome(&self.verifier, token).await
    }
}

async fn outcome(verifier: &Verifier, token: &str) -> &'static str {
    match verifier.verify(token).await {
        Ok(_) => "accepted",
        Err(VerifyError::Refused(refusal)) => refusal.reason(),
        Err(VerifyError::KeysUnavailable { .. }) => "keys unavailable",
        Err(error) => panic!("{error}"),
    }
}

/// A good token of another key.
fn signed_by(key: &SigningKey, kid: &str) -> String {
    let header = with(session_header(), &json!({ "kid": kid }));
    let message = format!(
        "{}.{}",
        base64(header.to_string()),
        base64(session_claims().to_string())
    );
    let signature = base64(key.sign(&message));
    format!("{message}.{signature}")
}

/// Good but for a key id that nobody has.
fn unknown(index: usize) -> String {
    token(
        &with(session_header(), &json!({ "kid": format!("ins_{index}") })),
        &session_claims(),
    )
}
