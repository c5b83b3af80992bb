//! A server that gives the verdicts that a test wants.

use std::sync::Arc;

use aither_client::{HemeraClient, SecretString, StaticServiceKey};
use axum::{Json, Router, routing::put};
use parking_lot::Mutex;
use serde_json::{Value, json};

/// The ids of every request, and what becomes of each.
pub(super) struct Scripted {
    pub(super) client: HemeraClient,
    requests: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Scripted {
    /// Gives each id the verdict that this function says, with the number of the request and the place of the id in it.
    pub(super) async fn by(
        verdict: impl Fn(usize, usize, &str) -> &'static str + Send + Sync + 'static,
    ) -> Self {
        let requests: Arc<Mutex<Vec<Vec<String>>>> = Arc::default();
        let (seen, verdict) = (Arc::clone(&requests), Arc::new(verdict));
        let answer = move |Json(body): Json<Value>| {
            let (seen, verdict) = (Arc::clone(&seen), Arc::clone(&verdict));
            async move {
                let updates = body["updates"].as_array().unwrap().iter();
                let ids: Vec<String> = updates
                    .map(|update| update["participationId"].as_str().unwrap().to_owned())
                    .collect();
                let mut seen = seen.lock();
                let request = seen.len();
                let results = ids.iter().enumerate().map(
                    |(place, id)| json!({ "participationId": id, "verdict": verdict(request, place, id) }),
                );
                let data = json!({ "results": results.collect::<Vec<_>>() });
                seen.push(ids);
                Json(json!({
                    "success": true,
                    "data": data,
                    "meta": { "requestId": "r", "timestamp": "2026-03-15T12:00:00.000Z", "version": "1.0" }
                }))
            }
        };
        let router = Router::new().route("/api/service/participation-results", put(answer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        // It ends with the runtime of the test.
        tokio::spawn(async move { axum::serve(listener, router).await });
        let key =
            StaticServiceKey::parse(SecretString::from("a-key-of-at-least-thirty-two-characters")).unwrap();
        let builder = HemeraClient::builder(format!("http://{address}").parse().unwrap(), key);
        Self {
            client: builder.without_pace().build().unwrap(),
            requests,
        }
    }

    pub(super) fn requests(&self) -> Vec<Vec<String>> {
        self.requests.lock().clone()
    }
}
