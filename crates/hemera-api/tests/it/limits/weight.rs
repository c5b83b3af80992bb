//! Requests that count as more than one: the results of many participations, one for each 50 updates.

use std::time::Duration;

use redis_fixture::RedisServer;
use serde_json::{Value, json};

use super::{COURSES, Pair, standing};
use crate::support::{Answer, Sender, TestApp};

const PATH: &str = "/api/service/participation-results";

/// Updates of participations that are not there: how many they are is all that matters here.
fn updates(count: usize) -> Value {
    let updates =
        (0..count).map(|number| json!({ "participationId": format!("none_{number}"), "complete": true }));
    json!({ "updates": updates.collect::<Vec<_>>() })
}

async fn put(sender: &Sender, count: usize) -> Answer {
    sender.put(PATH, &updates(count)).await
}

fn remaining(answer: &Answer) -> u64 {
    standing(answer).1
}

#[tokio::test]
async fn fifty_updates_count_as_one_request_and_each_part_of_fifty_as_another() {
    let app = TestApp::start().await;
    let service = app.service();
    for (count, left) in [(1, 19), (50, 18), (51, 16), (100, 14)] {
        let answer = put(&service, count).await;
        answer.assert_status(200);
        assert_eq!(remaining(&answer), left, "{count}");
        let reset = 1_773_133_200 + (20 - left) * 3 / 5 + u64::from((20 - left) * 3 % 5 > 0);
        assert_eq!(standing(&answer).2, reset, "{count}");
    }
    assert_eq!(remaining(&service.get(COURSES).await), 13);
    app.finish().await;
}

/// Else it would never be admitted.
#[tokio::test]
async fn a_request_never_counts_as_more_than_the_burst() {
    let redis = RedisServer::start().unwrap();
    for store in ["memory".to_owned(), redis.url()] {
        let settings = [
            ("HEMERA_LIMITS__WINDOW", "1h"),
            ("HEMERA_LIMITS__API_CLIENT_BURST", "1"),
            ("HEMERA_LIMITS__REPLICAS", "1"),
            ("HEMERA_LIMITS__STORE_TIMEOUT", "1s"),
            ("HEMERA_LIMITS__STORE", &store),
        ];
        let app = TestApp::start_with(&settings).await;
        let answer = put(&app.service(), 100).await;
        answer.assert_status(200);
        assert_eq!(remaining(&answer), 0);
        put(&app.service(), 1).await.assert_error(429, "RATE_LIMITED");
        app.finish().await;
    }
}

/// A refused request counts nothing, also where a part of it had found room; and the wait that it is told is long enough for
/// the whole of it.
#[tokio::test]
async fn a_request_without_room_for_all_of_it_writes_nothing_and_is_admitted_after_the_wait() {
    let settings = [
        ("HEMERA_LIMITS__WINDOW", "1h"),
        ("HEMERA_LIMITS__API_CLIENT_BURST", "2"),
    ];
    let app = TestApp::start_with(&settings).await;
    let service = app.service();
    service.get(COURSES).await.assert_status(200);
    let mut all = updates(100);
    all["updates"][0] = json!({ "participationId": "participation_1001", "resultNotes": "too early" });
    for _ in 0..3 {
        let refused = service.put(PATH, &all).await;
        refused.assert_error(429, "RATE_LIMITED");
        assert_eq!(refused.header("retry-after"), "36");
        assert_eq!(refused.header("ratelimit"), "\"burst\";r=1;t=36");
    }
    app.advance(Duration::from_secs(35));
    put(&app.service(), 100).await.assert_error(429, "RATE_LIMITED");
    let unwritten = app
        .database
        .rows("select id from course_participations where result_notes = 'too early'")
        .await;
    assert_eq!(unwritten.len(), 0);
    app.advance(Duration::from_secs(1));
    let admitted = app.service().put(PATH, &all).await;
    admitted.assert_status(200);
    assert_eq!(remaining(&admitted), 0);

    // With no room for one, the body is not read; the wait is that for one.
    let refused = put(&app.service(), 100).await;
    refused.assert_error(429, "RATE_LIMITED");
    assert_eq!(refused.header("ratelimit"), "\"burst\";r=0;t=36");

    let database = app.finish().await;
    let items = database
        .rows("select item from audit_log where item is not null and at < '2026-03-10T09:00:36Z'")
        .await;
    assert_eq!(items.len(), 0, "no update of a refused request has a record");
}

#[tokio::test]
async fn servers_count_the_weight_together() {
    let pair = Pair::start().await;
    assert_eq!(remaining(&put(&pair.callers[0], 100).await), 18);
    assert_eq!(remaining(&put(&pair.callers[1], 51).await), 16);
    assert_eq!(remaining(&put(&pair.callers[0], 50).await), 15);
    assert_eq!(pair.admitted(0, 14).await, 14);

    let refused = put(&pair.callers[1], 100).await;
    refused.assert_error(429, "RATE_LIMITED");
    assert_eq!(remaining(&refused), 1, "what was counted of it is given back");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((30..=36).contains(&wait), "{wait}");
    assert_eq!(pair.admitted(1, 2).await, 1);
    pair.app.finish().await;
}

/// Without the store, each server counts the weight against its share.
#[tokio::test]
async fn a_server_that_lost_the_store_counts_the_weight_itself() {
    let mut pair = Pair::start().await;
    put(&pair.callers[0], 100).await.assert_status(200);
    pair.redis.stop();
    // Ten at once are its share, of which it has admitted two.
    let answer = put(&pair.callers[0], 100).await;
    assert_eq!((standing(&answer).0, remaining(&answer)), (50, 6));
    pair.app.finish().await;
}
