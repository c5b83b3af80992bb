//! Fetched keys: how long they are trusted, how often they are fetched, and what is made of odd documents.

mod activity;
mod age;
mod documents;
mod waiting;
mod window;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clerk::{KeySet, KeySetPolicy, KeySource, TokenPolicy, Verifier};
use freshness::ManualClock;
use serde_json::{Value, json};

use crate::support::clerk::impatient_backend_at;
use crate::support::keys::{SigningKey, key_set};
use crate::support::server::{Reply, Server};
use crate::support::token::{ISSUER, message, now, session_claims, session_header, signed, token, with};
use crate::support::verifier::outcome;

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
        let backend = impatient_backend_at(server.url.clone());
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

    /// So many callers with this token, all of them accepted.
    async fn accept_concurrently(&self, callers: usize, token: &str) {
        let tasks: Vec<_> = (0..callers)
            .map(|_| {
                let (verifier, token) = (self.verifier.clone(), token.to_owned());
                tokio::spawn(async move { outcome(&verifier, &token).await })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), "accepted");
        }
    }
}

/// A good token of another key.
fn signed_by(key: &SigningKey, kid: &str) -> String {
    let header = with(session_header(), &json!({ "kid": kid }));
    signed(key, &message(header.to_string(), session_claims().to_string()))
}

/// Good but for a key id that the set does not have.
fn unknown(index: usize) -> String {
    token(
        &with(session_header(), &json!({ "kid": format!("ins_{index}") })),
        &session_claims(),
    )
}
