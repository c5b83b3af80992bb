//! A caller that sends more through the proxy than its limit admits, as long as a phase lasts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use freshness::{Clock as _, SystemClock};
use reqwest::{Certificate, Client, RequestBuilder, Url};
use tokio::task::JoinSet;

use crate::admissions::Admissions;

/// Short enough that a phase has several.
pub(super) const WINDOW: Duration = Duration::from_secs(1);
pub(super) const RATE: usize = 10;
pub(super) const BURST: usize = 2;
/// How many requests it has under way at a time, and the pause between two: more than two servers would admit that count apart.
const AT_A_TIME: usize = 3;
const PAUSE: Duration = Duration::from_millis(20);
/// How long its last request may take.
const LAST_REQUEST: Duration = Duration::from_secs(10);

/// The running caller.
#[derive(Debug)]
pub(super) struct Limited {
    stopped: Arc<AtomicBool>,
    sending: JoinSet<Sent>,
}

/// What came of its requests.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) admitted: Admissions,
    /// With 429.
    pub(super) refused: usize,
}

impl Limited {
    /// Starts it. `token` is an admin's: its limit is the one that [`settings`] sets.
    pub(super) fn start(base_url: &Url, certificate: &str, token: &str) -> anyhow::Result<Self> {
        let client = Client::builder()
            .add_root_certificate(Certificate::from_pem(certificate.as_bytes())?)
            .timeout(LAST_REQUEST)
            .no_proxy()
            .build()?;
        let url = base_url.join("/api/service/usage")?;
        let stopped = Arc::new(AtomicBool::new(false));
        let mut sending = JoinSet::new();
        for _ in 0..AT_A_TIME {
            let request = client.get(url.clone()).bearer_auth(token);
            sending.spawn(send(request, Arc::clone(&stopped)));
        }
        Ok(Self { stopped, sending })
    }

    /// Ends it, and gives what came of its requests.
    pub(super) async fn stop(mut self) -> anyhow::Result<Sent> {
        self.stopped.store(true, Ordering::Relaxed);
        let mut all = Sent::default();
        let ended = async {
            while let Some(sent) = self.sending.join_next().await {
                let Sent { admitted, refused } = sent?;
                all.admitted.add(admitted);
                all.refused += refused;
            }
            anyhow::Ok(())
        };
        let ended = tokio::time::timeout(LAST_REQUEST * 2, ended).await;
        ended.context("the last request of a limited caller goes on past its deadline")??;
        Ok(all)
    }
}

async fn send(request: RequestBuilder, stopped: Arc<AtomicBool>) -> Sent {
    let mut seen = Sent::default();
    while !stopped.load(Ordering::Relaxed) {
        let Some(request) = request.try_clone() else { break };
        let sent = SystemClock.now().monotonic;
        let status = request.send().await.map(|response| response.status().as_u16());
        let answered = SystemClock.now().monotonic;
        match status {
            Ok(200) => seen.admitted.note(sent, answered),
            Ok(429) => seen.refused += 1,
            // While a server is replaced: no admission that its caller got to see.
            _ => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
    seen
}

/// The settings of an admin's limit.
pub(super) fn settings() -> [(&'static str, String); 3] {
    [
        ("HEMERA_LIMITS__WINDOW", format!("{}s", WINDOW.as_secs())),
        ("HEMERA_LIMITS__ADMIN_RATE", RATE.to_string()),
        ("HEMERA_LIMITS__ADMIN_BURST", BURST.to_string()),
    ]
}
