//! PostgreSQL and the audit log, and the shared store of the rate limits.

use redis_fixture::RedisServer;

use super::{COURSES, KEY, ask, served};
use crate::support::Scrape;

fn records(scrape: &Scrape, outcome: &str) -> u64 {
    scrape.value(&format!("hemera_audit_records_total{{outcome=\"{outcome}\"}}"))
}

#[tokio::test]
async fn audit_records_count_by_where_they_ended() {
    let server = served(&[]).await;
    let failures = "hemera_audit_write_failures_total";
    assert_eq!(server.scrape().await.value(failures), 0);
    server
        .database
        .run("alter table audit_log rename to audit_log_away")
        .await;
    ask(&server, "GET", COURSES, &[KEY, "x-request-id: that-one"])
        .await
        .assert_status(200);
    server.scrape_until(|scrape| scrape.value(failures) >= 1).await;
    for _ in 0..3 {
        ask(&server, "GET", COURSES, &[KEY]).await.assert_status(200);
    }
    // The first one is in the writer's hand, the others wait.
    let waiting = "hemera_audit_queue_records{queue=\"proven\"}";
    let scrape = server.scrape().await;
    assert_eq!(scrape.value(waiting), 3);
    assert_eq!(
        scrape.value("hemera_audit_queue_records_limit{queue=\"proven\"}"),
        1024
    );
    assert_eq!((records(&scrape, "stored"), records(&scrape, "lost")), (0, 0));

    server
        .database
        .run(
            "alter table audit_log_away add constraint not_that_one check (request_id <> 'that-one');
             alter table audit_log_away rename to audit_log",
        )
        .await;
    let scrape = server.scrape_until(|scrape| records(scrape, "stored") == 3).await;
    assert_eq!(records(&scrape, "lost"), 1);
    assert_eq!(scrape.value(waiting), 0);
}

#[tokio::test]
async fn connections_are_shown_with_their_limit() {
    let server = served(&[]).await;
    ask(&server, "GET", COURSES, &[KEY]).await.assert_status(200);
    let scrape = server
        .scrape_until(|scrape| scrape.value("hemera_database_connections{state=\"in_use\"}") == 0)
        .await;
    assert!(scrape.value("hemera_database_connections{state=\"idle\"}") >= 1);
    assert_eq!(scrape.value("hemera_database_connections_limit"), 4);
}

#[tokio::test]
async fn the_state_of_the_rate_limit_store_is_a_gauge() {
    let counting = |scrape: &Scrape| {
        ["local", "shared", "fallback"]
            .map(|state| scrape.value(&format!("hemera_rate_limit_counting{{state=\"{state}\"}}")))
    };
    assert_eq!(counting(&served(&[]).await.scrape().await), [1, 0, 0]);

    let mut redis = RedisServer::start().unwrap();
    let url = redis.url();
    let settings = [
        ("HEMERA_LIMITS__STORE", url.as_str()),
        ("HEMERA_LIMITS__STORE_TIMEOUT", "1s"),
        ("HEMERA_LIMITS__REPLICAS", "2"),
    ];
    let server = served(&settings).await;
    assert_eq!(counting(&server.scrape().await), [0, 1, 0]);
    redis.stop();
    ask(&server, "GET", COURSES, &[KEY]).await.assert_status(200);
    assert_eq!(counting(&server.scrape().await), [0, 0, 1]);
}
