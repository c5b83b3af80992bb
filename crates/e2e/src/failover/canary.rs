//! Single attempts, a write and a read in turn, as often as they end: when the servers can do their work.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use reqwest::Method;
use tokio::task::JoinHandle;

use crate::chaos::served::Served;

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(100);
/// How long an attempt may take.
pub(crate) const LONGEST: Duration = Duration::from_secs(10);

/// One attempt, on the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Single {
    pub(crate) began: Duration,
    pub(crate) succeeded: bool,
}

/// Attempts that go on until this is dropped.
#[derive(Debug)]
pub(crate) struct Canary {
    attempts: Arc<Mutex<Vec<Single>>>,
    task: JoinHandle<()>,
}

impl Canary {
    /// Starts; the participation is written by no other caller.
    pub(crate) async fn start(served: &Served, participation: usize) -> anyhow::Result<Self> {
        let token = served.service_token().await?;
        let path = format!("participations/{}", served.participation(participation).as_str());
        let (http, front) = (served.http.clone(), served.front.address());
        let attempts = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&attempts);
        let task = tokio::spawn(async move {
            for turn in 0_u64.. {
                let began = SystemClock.now().monotonic;
                let request = if turn.is_multiple_of(2) {
                    http.request(Method::GET, format!("http://{front}/api/service/{path}"))
                } else {
                    http.request(Method::PUT, format!("http://{front}/api/service/{path}/result"))
                        .json(&serde_json::json!({ "resultNotes": format!("attempt {turn}") }))
                };
                let answer = request.bearer_auth(&token).timeout(LONGEST).send().await;
                let succeeded = answer.is_ok_and(|answer| answer.status() == 200);
                noted
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(Single { began, succeeded });
                tokio::time::sleep(PAUSE).await;
            }
        });
        Ok(Self { attempts, task })
    }

    /// All attempts that have ended.
    pub(crate) fn attempts(&self) -> Vec<Single> {
        self.attempts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.task.abort();
    }
}
