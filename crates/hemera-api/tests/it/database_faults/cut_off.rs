//! No connection to the database can be opened: the reason says that, and not that there are too few of them.

use futures_util::future::join_all;

use super::{Proxied, READ, WRITE, until_answered};
use crate::support::{CapturedLog, Sender};

const SETTINGS: [(&str, &str); 3] = [
    ("HEMERA_HTTP__HANDLER_TIMEOUT", "6s"),
    ("HEMERA_DATABASE__MAX_CONNECTIONS", "2"),
    ("HEMERA_DATABASE__ACQUIRE_TIMEOUT", "300ms"),
];

/// Many more requests than there are connections, reads and writes, all at the same time; none is answered.
async fn ask_in_vain(sender: &Sender) {
    let reads = join_all((0..8).map(|_| sender.get(READ)));
    let body = serde_json::json!({ "resultNotes": "noted" });
    let writes = join_all((0..4).map(|_| sender.put(WRITE, &body)));
    let (reads, writes) = futures_util::join!(reads, writes);
    for answer in reads.into_iter().chain(writes) {
        answer.assert_error(503, "SERVICE_UNAVAILABLE");
    }
}

fn reasons(log: &CapturedLog) -> Vec<String> {
    let requests = log.requests();
    let reasons = requests.iter().filter_map(|line| line["reason"].as_str());
    let mut reasons: Vec<String> = reasons.map(str::to_owned).collect();
    reasons.dedup();
    reasons
}

#[tokio::test]
async fn a_database_that_takes_connections_and_never_answers_is_unreachable() {
    let server = Proxied::start(&SETTINGS).await;
    let log = CapturedLog::start();
    server.proxy.hold();
    ask_in_vain(&server.sender).await;
    assert_eq!(reasons(&log), ["database_unreachable"]);
    server.proxy.resume();
    until_answered(&server.sender).await;
    assert_eq!(server.app.finish().await, 0);
}

#[tokio::test]
async fn a_closed_port_is_a_database_that_is_unreachable() {
    let server = Proxied::start(&SETTINGS).await;
    server.sender.get(READ).await.assert_status(200);
    let log = CapturedLog::start();
    server.proxy.close();
    ask_in_vain(&server.sender).await;
    assert_eq!(reasons(&log), ["database_unreachable"]);
}

/// Also after an outage: what was seen then says nothing about connections that are all open.
#[tokio::test]
async fn connections_that_are_all_in_use_are_an_exhausted_pool() {
    let server = Proxied::start(&SETTINGS).await;
    server.proxy.hold();
    ask_in_vain(&server.sender).await;
    server.proxy.resume();
    until_answered(&server.sender).await;
    let pool = server.beside.database.pool().await;
    let mut locking = pool.begin().await.unwrap();
    sqlx::query("lock table course_participations in access exclusive mode")
        .execute(&mut *locking)
        .await
        .unwrap();
    let reads: Vec<_> = (0..2)
        .map(|_| {
            let sender = server.sender.clone();
            tokio::spawn(async move { sender.get(READ).await })
        })
        .collect();
    server.beside.database.until_waiting(2).await;
    let log = CapturedLog::start();
    server
        .sender
        .get(READ)
        .await
        .assert_error(503, "SERVICE_UNAVAILABLE");
    assert_eq!(reasons(&log), ["database_pool_exhausted"]);
    locking.rollback().await.unwrap();
    for read in join_all(reads).await {
        read.unwrap().assert_status(200);
    }
    pool.close().await;
    assert_eq!(server.app.finish().await, 0);
}
