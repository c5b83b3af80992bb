//! `GET /api/service/usage`

use std::time::Duration;

use insta::assert_json_snapshot;

use crate::academy::empty_academy;
use crate::support::TestApp;

/// Days before and after the clock's 15 March, and records that stand for many requests.
const RECORDS: &str = "
    insert into audit_log (at, subject, operation, outcome, status, occurrences) values
        ('2026-03-15T11:00:00Z', 'aither', 'courses.list', 'SUCCEEDED', 200, 1),
        ('2026-03-15T11:00:01Z', 'aither', 'courses.list', 'SUCCEEDED', 304, 1),
        ('2026-03-15T11:00:02Z', 'aither', 'courses.list', 'SUCCEEDED', 200, 1),
        ('2026-03-15T11:00:03Z', 'aither', 'participations.update_result', 'UNCHANGED', 200, 1),
        ('2026-03-15T11:00:04Z', 'aither', 'usage.get', 'REFUSED', 403, 1),
        ('2026-03-15T11:00:05Z', null, 'courses.get', 'REFUSED', 401, 1),
        ('2026-03-15T11:00:05Z', null, null, 'REFUSED', 401, 4000),
        ('2026-03-15T00:00:00Z', 'user_zoe', 'courses.list', 'FAILED', 503, 1),
        ('2026-03-14T23:59:59.999999Z', 'user_zoe', 'courses.list', 'FAILED', 503, 1),
        ('2026-03-09T00:00:00Z', 'aither', 'courses.get', 'SUCCEEDED', 200, 1),
        ('2026-03-08T23:59:59.999999Z', 'aither', 'courses.get', 'SUCCEEDED', 200, 1),
        ('2025-12-16T00:00:00Z', 'aither', 'courses.get', 'SUCCEEDED', 200, 1),
        ('2025-12-15T23:59:59Z', 'aither', 'courses.get', 'SUCCEEDED', 200, 1),
        ('2026-03-16T00:00:00Z', 'aither', 'courses.get', 'SUCCEEDED', 200, 1)";

/// A page of seven courses, and a request with two updates: those have records of their own, which are no requests.
const ITEMS: &str = "
    insert into audit_log (at, subject, operation, outcome, status, items, item) values
        ('2026-03-15T11:00:06Z', 'aither', 'courses.list', 'SUCCEEDED', 200, 7, null),
        ('2026-03-15T11:00:07Z', 'aither', 'participations.update_results', 'SUCCEEDED', 200, 2, null),
        ('2026-03-15T11:00:07Z', 'aither', 'participations.update_results', 'SUCCEEDED', 200, 1, 1),
        ('2026-03-15T11:00:07Z', 'aither', 'participations.update_results', 'REFUSED', 412, 1, 2)";

async fn start() -> TestApp {
    let app = empty_academy().await;
    // From the 10th, 9 o'clock, to the 15th at noon.
    app.advance(Duration::from_hours(5 * 24 + 3));
    app.database.run(RECORDS).await;
    app.database.run(ITEMS).await;
    app
}

#[tokio::test]
async fn it_counts_requests_by_day_subject_operation_and_status_class() {
    let app = start().await;
    let answer = app
        .admin()
        .with("x-request-id", "request-1")
        .get("/api/service/usage")
        .await;

    assert_json_snapshot!("usage_get", answer.json());
    app.finish().await;
}

#[tokio::test]
async fn days_are_whole_days_in_utc_with_today_as_the_last() {
    let app = start().await;
    for (days, oldest) in [
        (1, "2026-03-15"),
        (2, "2026-03-14"),
        (8, "2026-03-08"),
        (90, "2025-12-16"),
    ] {
        // The request before this one may have been recorded meanwhile; only days are looked at.
        let answer = app.admin().get(&format!("/api/service/usage?days={days}")).await;
        assert_eq!(answer.data()["days"], days);
        let data = answer.data();
        let rows = data["rows"].as_array().unwrap();
        assert_eq!(rows.last().unwrap()["day"], oldest, "{days}");
        assert_eq!(rows.first().unwrap()["day"], "2026-03-15", "{days}");
    }
    app.finish().await;
}

#[tokio::test]
async fn days_out_of_their_limits_are_refused() {
    let app = start().await;
    for query in [
        "days=0",
        "days=91",
        "days=-1",
        "days=1.5",
        "days=",
        "days=7&days=7",
    ] {
        let answer = app.admin().get(&format!("/api/service/usage?{query}")).await;
        assert_eq!(answer.faulty_fields(), ["days"], "{query}");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_service_user_may_not_see_it() {
    let app = start().await;
    let answer = app.service_key().get("/api/service/usage").await;

    answer.assert_error(403, "FORBIDDEN");
    app.finish().await;
}
