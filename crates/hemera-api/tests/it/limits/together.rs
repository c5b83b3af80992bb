//! Servers that count together in a shared store.

use std::collections::BTreeSet;

use redis_fixture::RedisServer;

use super::{COURSES, Pair, SETTINGS, connect, standing};
use crate::support::{CapturedLog, Person, TestApp};

#[tokio::test]
async fn two_servers_admit_no_more_than_one() {
    let pair = Pair::start().await;
    for turn in 0..20 {
        let answer = pair.callers[turn % 2].get(COURSES).await;
        answer.assert_status(200);
        assert_eq!(answer.header("x-ratelimit-remaining"), (19 - turn).to_string());
    }
    for caller in &pair.callers {
        caller.get(COURSES).await.assert_error(429, "RATE_LIMITED");
    }
    assert_eq!(pair.readiness(0).await, "ready\n");
    pair.app.finish().await;
}

/// Which store counts is nothing that a caller could tell.
#[tokio::test]
async fn the_headers_are_those_of_a_server_alone() {
    let pair = Pair::start().await;
    let alone = TestApp::start_with(&[("HEMERA_LIMITS__WINDOW", "1h")]).await;
    let service = alone.service();
    for _ in 0..22 {
        let (ours, theirs) = (pair.callers[0].get(COURSES).await, service.get(COURSES).await);
        assert_eq!(ours.status, theirs.status);
        assert_eq!(ours.header("ratelimit-policy"), theirs.header("ratelimit-policy"));
        let (limit, remaining, reset) = standing(&ours);
        let expected = standing(&theirs);
        assert_eq!((limit, remaining), (expected.0, expected.1));
        // A refused caller's wait runs on the store's real clock; the other's stands still.
        assert!(expected.2.abs_diff(reset) <= 60, "{reset} for {}", expected.2);
    }
    alone.finish().await;
    pair.app.finish().await;
}

#[tokio::test]
async fn callers_and_roles_are_counted_apart() {
    let pair = Pair::start().await;
    assert_eq!(pair.admitted(0, 21).await, 20);
    let admin = pair.app.admin().get(COURSES).await;
    assert_eq!((standing(&admin).0, standing(&admin).1), (200, 39));
    let key = pair.app.service_key().get(COURSES).await;
    assert_eq!(standing(&key).1, 19);
    pair.app.finish().await;
}

/// One short-lived key for each caller, named by role and subject: nothing stays, and no secret gets there.
#[tokio::test]
async fn what_is_stored_is_short_lived_and_no_secret() {
    let pair = Pair::start().await;
    pair.callers[0].get(COURSES).await.assert_status(200);
    pair.app.admin().get(COURSES).await.assert_status(200);
    pair.app.service_key().get(COURSES).await.assert_status(200);

    let mut store = connect(&pair.redis);
    let keys: BTreeSet<String> = redis::cmd("KEYS").arg("*").query(&mut store).unwrap();
    let shown: Vec<&str> = keys.iter().map(String::as_str).collect();
    let [admin, key, service] = shown[..] else {
        panic!("{shown:?}")
    };
    assert!(admin.starts_with("hemera:limit:admin:user_"), "{admin}");
    assert_eq!(key, "hemera:limit:api-client:aither-rollback");
    assert!(service.starts_with("hemera:limit:api-client:user_"), "{service}");
    for (name, interval) in [(admin, 18_000), (key, 36_000), (service, 36_000)] {
        let left: i64 = redis::cmd("PTTL").arg(name).query(&mut store).unwrap();
        assert!((1..=interval + 2).contains(&left), "{name} stays for {left} ms");
    }
    pair.app.finish().await;
}

/// As after a restart of a store that keeps its data, or a `SCRIPT FLUSH` by an operator.
#[tokio::test]
async fn a_store_that_forgot_the_script_is_given_it_again() {
    let pair = Pair::start().await;
    assert_eq!(pair.admitted(0, 5).await, 5);
    redis::cmd("SCRIPT")
        .arg("FLUSH")
        .exec(&mut connect(&pair.redis))
        .unwrap();
    assert_eq!(pair.admitted(1, 20).await, 15);
    assert_eq!(pair.readiness(1).await, "ready\n");
    pair.app.finish().await;
}

/// Without a store, each server keeps to its share from the start.
#[tokio::test]
async fn servers_without_a_store_keep_to_their_shares() {
    let settings = [("HEMERA_LIMITS__WINDOW", "1h"), ("HEMERA_LIMITS__REPLICAS", "3")];
    let app = TestApp::start_with(&settings).await;
    let service = app.service();
    let first = service.get(COURSES).await;
    assert_eq!((standing(&first).0, standing(&first).1), (33, 5));
    for _ in 0..5 {
        service.get(COURSES).await.assert_status(200);
    }
    service.get(COURSES).await.assert_error(429, "RATE_LIMITED");
    assert_eq!(app.anonymous().get("/readyz").await.text, "ready\n");
    app.finish().await;
}

/// More servers than requests: each may still let one pass.
#[tokio::test]
async fn a_share_is_never_nothing() {
    let settings = [
        ("HEMERA_LIMITS__WINDOW", "1h"),
        ("HEMERA_LIMITS__REPLICAS", "500"),
    ];
    let app = TestApp::start_with(&settings).await;
    let service = app.service();
    assert_eq!(standing(&service.get(COURSES).await).0, 1);
    service.get(COURSES).await.assert_error(429, "RATE_LIMITED");
    app.finish().await;
}

#[tokio::test]
async fn the_password_of_the_store_is_never_shown() {
    let log = CapturedLog::start();
    let mut pair = Pair::start().await;
    assert_eq!(pair.admitted(0, 2).await, 2);
    pair.redis.stop();
    assert_eq!(pair.admitted(0, 2).await, 2);
    let address = pair.redis.url().rsplit_once('@').unwrap().1.replace("/0", "");
    let text = log.text();
    assert!(text.contains(&address), "the log names the store: {text}");
    assert!(!text.contains(pair.redis.password()));
    pair.app.finish().await;
}

/// With a wrong password, or TLS where there is none: a server that starts on its share, and says why.
#[tokio::test]
async fn a_store_that_cannot_be_used_is_a_lost_one() {
    let log = CapturedLog::start();
    let redis = RedisServer::start().unwrap();
    let wrong = redis.url().replace(redis.password(), "swordfish");
    let encrypted = redis.url().replace("redis://", "rediss://");
    for url in [&wrong, &encrypted] {
        let mut settings = SETTINGS.to_vec();
        settings.push(("HEMERA_LIMITS__STORE", url));
        let app = TestApp::start_with(&settings).await;
        let answer = app.person(Person::Service).get(COURSES).await;
        answer.assert_status(200);
        assert_eq!(standing(&answer).0, 50);
        assert_eq!(
            app.anonymous().get("/readyz").await.text,
            "ready (rate limits: own share)\n"
        );
        app.finish().await;
    }
    let text = log.text();
    assert_eq!(text.matches("is lost").count(), 2, "{text}");
    assert!(
        text.contains("Password authentication failed") && !text.contains("swordfish"),
        "{text}"
    );
}
