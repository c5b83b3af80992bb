//! The database stops co-operating: what its callers see, and how long.

mod cut_off;
mod given_up;
mod locked;
mod many;
mod read_only;
mod restarted;
mod silent;

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use futures_util::future::join_all;
use hemera_api::App;
use tcp_fixture::Proxy;

use crate::academy::academy;
use crate::support::{Answer, Sender, TestApp};

const READ: &str = "/api/service/participations/part_anna";
const WRITE: &str = "/api/service/participations/part_anna/result";

/// Longer than anything here should take; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server whose database is reached through a proxy.
struct Proxied {
    proxy: Proxy,
    app: App,
    sender: Sender,
    /// Keeps database and Clerk alive.
    beside: TestApp,
}

impl Proxied {
    async fn start(settings: &[(&str, &str)]) -> Self {
        let beside = academy().await.need_not_finish();
        let direct = beside.database.server_url();
        let mut url = url::Url::parse(&direct).unwrap();
        let upstream = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let proxy = Proxy::start(upstream).await.unwrap();
        url.set_ip_host(proxy.address().ip()).unwrap();
        url.set_port(Some(proxy.address().port())).unwrap();
        let settings = [&[("DATABASE_URL", url.as_str())], settings].concat();
        let (app, sender) = beside.beside(&settings).await;
        let sender = sender.with("x-api-key", TestApp::SERVICE_KEY);
        Self {
            proxy,
            app,
            sender,
            beside,
        }
    }
}

/// Makes every connection of the server's pool open: as many reads as there are connections wait for a lock together.
async fn warm(app: &TestApp, sender: &Sender, connections: usize) {
    let pool = app.database.pool().await;
    let mut locking = pool.begin().await.unwrap();
    sqlx::query("lock table course_participations in access exclusive mode")
        .execute(&mut *locking)
        .await
        .unwrap();
    let reads: Vec<_> = (0..connections)
        .map(|_| {
            let sender = sender.clone();
            tokio::spawn(async move { sender.get(READ).await })
        })
        .collect();
    app.database.until_waiting(connections).await;
    locking.rollback().await.unwrap();
    for read in join_all(reads).await {
        read.unwrap().assert_status(200);
    }
    pool.close().await;
}

/// Repeats a read until it succeeds, and says after how long. It is an error of the test if it never does.
async fn until_answered(sender: &Sender) -> Duration {
    let begin = SystemClock.now();
    let answered = async { while sender.get(READ).await.status != 200 {} };
    tokio::time::timeout(PATIENCE, answered)
        .await
        .expect("the server recovers");
    SystemClock.now().since(begin)
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    answers.iter().map(|answer| answer.status.as_u16()).collect()
}
