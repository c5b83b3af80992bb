//! One server that counts alone, on a clock that only the tests move.

use std::fmt::Write as _;
use std::time::Duration;

use super::{COURSES, standing};
use crate::support::{Person, TestApp};

#[tokio::test]
async fn the_headers_tell_where_a_caller_stands() {
    let app = TestApp::start().await;
    let service = app.service();
    let first = service.get(COURSES).await;
    // One request of twenty is gone; it is forgotten after 0.6 s, which is the next whole second.
    assert_eq!(standing(&first), (100, 19, 1_773_133_201));
    assert_eq!(
        first.header("ratelimit-policy"),
        "\"minute\";q=100;w=60, \"burst\";q=20;w=12"
    );
    assert_eq!(first.header("ratelimit"), "\"burst\";r=19;t=1");
    for _ in 0..19 {
        service.get(COURSES).await.assert_status(200);
    }
    let refused = service.get(COURSES).await;
    refused.assert_error(429, "RATE_LIMITED");
    assert_eq!(standing(&refused), (100, 0, 1_773_133_212));
    assert_eq!(refused.header("ratelimit"), "\"burst\";r=0;t=1");
    assert_eq!(refused.header("retry-after"), "1");
    app.finish().await;
}

/// The example of `docs/rate-limits.md`, to the letter: a request is forgotten after 36 s, and two are admitted at once.
#[tokio::test]
async fn the_effective_window_ends_when_one_request_more_is_admitted() {
    let app = TestApp::start_with(&[
        ("HEMERA_LIMITS__WINDOW", "1h"),
        ("HEMERA_LIMITS__API_CLIENT_BURST", "2"),
    ])
    .await;
    let mut lines = String::new();
    let mut now = 0;
    for pause in [0, 10, 0, 26, 72] {
        app.advance(Duration::from_secs(pause));
        now += pause;
        let answer = app.service().get(COURSES).await;
        let (status, state) = (answer.status.as_u16(), answer.header("ratelimit"));
        write!(lines, "{now:>3} s  {status}  {state}").unwrap();
        if status == 429 {
            write!(lines, "  Retry-After: {}", answer.header("retry-after")).unwrap();
        }
        lines.push('\n');
    }
    let document = include_str!("../../../../../docs/rate-limits.md");
    assert!(
        document.contains(&lines),
        "docs/rate-limits.md has to show\n{lines}"
    );
    app.finish().await;
}

#[tokio::test]
async fn who_waits_as_long_as_told_is_admitted() {
    let app = TestApp::start_with(&[
        ("HEMERA_LIMITS__WINDOW", "1h"),
        ("HEMERA_LIMITS__API_CLIENT_BURST", "1"),
    ])
    .await;
    let service = app.service();
    service.get(COURSES).await.assert_status(200);
    let refused = service.get(COURSES).await;
    refused.assert_error(429, "RATE_LIMITED");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert_eq!(wait, 36);
    app.advance(Duration::from_secs(wait - 1));
    app.service().get(COURSES).await.assert_error(429, "RATE_LIMITED");
    app.advance(Duration::from_secs(1));
    app.service().get(COURSES).await.assert_status(200);
    app.finish().await;
}

/// Whatever a caller does, no window of 60 s admits more than limit and burst together.
#[tokio::test]
async fn no_window_admits_more_than_limit_and_burst() {
    let app = TestApp::start().await;
    // Refused for the role after the limit was asked: as good to count, and without the database.
    let user = app.person(Person::User);
    let mut admitted = 0;
    for _ in 0..600 {
        admitted += u32::from(user.get(COURSES).await.status == 403);
        app.clock.advance(Duration::from_millis(100));
    }
    assert!((115..=120).contains(&admitted), "{admitted} admitted in a minute");
    app.finish().await;
}

#[tokio::test]
async fn each_caller_has_a_quota_of_its_own() {
    let app = TestApp::start().await;
    let (service, admin, key) = (app.service(), app.admin(), app.service_key());
    for _ in 0..20 {
        service.get(COURSES).await.assert_status(200);
    }
    service.get(COURSES).await.assert_error(429, "RATE_LIMITED");
    assert_eq!(standing(&admin.get(COURSES).await), (200, 39, 1_773_133_201));
    assert_eq!(standing(&key.get(COURSES).await).1, 19);
    // A new token is no new quota: it counts who calls.
    app.service().get(COURSES).await.assert_error(429, "RATE_LIMITED");
    app.finish().await;
}

#[tokio::test]
async fn an_unknown_caller_is_told_nothing_of_limits() {
    let app = TestApp::start().await;
    let refused = app.anonymous().get(COURSES).await;
    refused.assert_error(401, "UNAUTHORIZED");
    assert!(!refused.has_header("x-ratelimit-limit") && !refused.has_header("ratelimit"));
    app.finish().await;
}

/// Only where the credential fails: a valid one passes, whatever others at its address do.
#[tokio::test]
async fn failed_authentications_are_limited_per_address() {
    let limits = [
        ("HEMERA_LIMITS__FAILED_AUTH_RATE", "60"),
        ("HEMERA_LIMITS__FAILED_AUTH_BURST", "3"),
    ];
    let app = TestApp::start_with(&limits).await;
    let stranger = app.anonymous().with_token("not.a.token");
    for _ in 0..3 {
        stranger.get(COURSES).await.assert_error(401, "UNAUTHORIZED");
    }
    let refused = stranger.get(COURSES).await;
    refused.assert_error(429, "RATE_LIMITED");
    assert_eq!(refused.header("retry-after"), "1");
    assert!(!refused.has_header("www-authenticate") && !refused.has_header("x-ratelimit-limit"));

    app.service().get(COURSES).await.assert_status(200);
    stranger
        .from("198.51.100.9")
        .get(COURSES)
        .await
        .assert_error(401, "UNAUTHORIZED");
    app.advance(Duration::from_secs(1));
    stranger.get(COURSES).await.assert_error(401, "UNAUTHORIZED");
    app.finish().await;
}

/// A whole /64 is one address: whoever has one has all of it.
#[tokio::test]
async fn neighbours_in_ipv6_share_the_limit_of_failures() {
    let app = TestApp::start_with(&[("HEMERA_LIMITS__FAILED_AUTH_BURST", "1")]).await;
    let stranger = app.anonymous();
    stranger
        .from("2001:db8:1:2::1")
        .get(COURSES)
        .await
        .assert_error(401, "UNAUTHORIZED");
    stranger
        .from("2001:db8:1:2:ffff::9")
        .get(COURSES)
        .await
        .assert_error(429, "RATE_LIMITED");
    stranger
        .from("2001:db8:1:3::1")
        .get(COURSES)
        .await
        .assert_error(401, "UNAUTHORIZED");
    app.finish().await;
}
