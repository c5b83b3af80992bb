//! The allow-list of addresses, and whose address counts behind proxies.

use crate::support::TestApp;

const COURSES: &str = "/api/service/courses?limit=1";

/// Tests come from 192.0.2.7 unless they say otherwise.
const ALLOWED: (&str, &str) = (
    "HEMERA_HTTP__ALLOWED_CLIENTS",
    "198.51.100.0/24, 203.0.113.9, 2001:db8::/32",
);

#[tokio::test]
async fn only_listed_addresses_may_call_the_service_api() {
    let app = TestApp::start_with(&[ALLOWED]).await;
    let service = app.service();
    for (address, is_allowed) in [
        ("198.51.100.1", true),
        ("198.51.100.255", true),
        ("203.0.113.9", true),
        ("2001:db8:1::7", true),
        ("::ffff:203.0.113.9", true),
        ("198.51.101.1", false),
        ("203.0.113.10", false),
        ("2001:db9::1", false),
        ("::1", false),
    ] {
        let answer = service.from(address).get(COURSES).await;
        if is_allowed {
            answer.assert_status(200);
        } else {
            answer.assert_error(403, "FORBIDDEN");
        }
    }
    // Probes come from wherever they like.
    app.anonymous().get("/livez").await.assert_status(200);
    app.finish().await;
}

/// Who is not on the list learns the same with and without a credential, and that nothing is behind a wrong path.
#[tokio::test]
async fn the_list_is_asked_before_the_credential_and_after_the_route() {
    let app = TestApp::start_with(&[ALLOWED]).await;
    let (good, none) = (
        app.service().get(COURSES).await,
        app.anonymous().get(COURSES).await,
    );
    for answer in [&good, &none] {
        answer.assert_error(403, "FORBIDDEN");
        assert!(!answer.has_header("www-authenticate") && !answer.has_header("x-ratelimit-limit"));
    }
    app.anonymous()
        .get("/api/service/nothing")
        .await
        .assert_error(404, "NOT_FOUND");
    assert!(app.clerk.journal("GET", "/**").is_empty(), "Clerk was asked");

    let database = app.finish().await;
    let recorded = database
        .rows(
            "select distinct status, reason, subject, host(details.client_address) as client
             from audit_log join audit_details as details using (at, record_id) order by status",
        )
        .await;
    let record = |status: u16, reason: &str| serde_json::json!({ "status": status, "reason": reason, "subject": null, "client": "192.0.2.7" });
    assert_eq!(
        recorded,
        [record(403, "address_not_allowed"), record(404, "no_such_route")]
    );
}

#[tokio::test]
async fn forged_headers_change_no_address() {
    let app = TestApp::start_with(&[ALLOWED]).await;
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.9"),
        ("x-real-ip", "203.0.113.9"),
        ("forwarded", "for=203.0.113.9"),
        ("cf-connecting-ip", "203.0.113.9"),
        ("true-client-ip", "203.0.113.9"),
    ] {
        let answer = app.service().with(name, value).get(COURSES).await;
        answer.assert_error(403, "FORBIDDEN");
    }
    app.finish().await;
}

#[tokio::test]
async fn behind_proxies_the_address_is_counted_from_the_right() {
    let app = TestApp::start_with(&[ALLOWED, ("HEMERA_HTTP__TRUSTED_PROXIES", "2")]).await;
    for (forwarded, is_allowed) in [
        ("203.0.113.9, 10.0.0.1", true),
        ("6.6.6.6, 203.0.113.9, 10.0.0.1", true),
        // What the caller has written itself stands further left.
        ("203.0.113.9, 6.6.6.6, 10.0.0.1", false),
        // It did not come through both proxies.
        ("203.0.113.9", false),
        ("", false),
        ("203.0.113.9, unknown, 10.0.0.1", false),
    ] {
        let answer = app
            .service()
            .with("x-forwarded-for", forwarded)
            .get(COURSES)
            .await;
        let expected = if is_allowed { 200 } else { 403 };
        assert_eq!(answer.status, expected, "{forwarded:?}");
    }
    app.finish().await;
}

/// Behind a proxy all connections come from one address; the limit is still each caller's own.
#[tokio::test]
async fn failed_authentications_are_limited_by_the_forwarded_address() {
    let app = TestApp::start_with(&[
        ("HEMERA_HTTP__TRUSTED_PROXIES", "1"),
        ("HEMERA_LIMITS__FAILED_AUTH_BURST", "1"),
    ])
    .await;
    let stranger = |address: &str| app.anonymous().with("x-forwarded-for", address);
    stranger("203.0.113.1")
        .get(COURSES)
        .await
        .assert_error(401, "UNAUTHORIZED");
    stranger("203.0.113.1")
        .get(COURSES)
        .await
        .assert_error(429, "RATE_LIMITED");
    stranger("6.6.6.6, 203.0.113.1")
        .get(COURSES)
        .await
        .assert_error(429, "RATE_LIMITED");
    stranger("203.0.113.2")
        .get(COURSES)
        .await
        .assert_error(401, "UNAUTHORIZED");
    app.finish().await;
}
