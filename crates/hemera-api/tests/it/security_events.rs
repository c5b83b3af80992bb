//! Security events: each is counted, logged and marked in the record of its request, and none happens in normal work.

use std::time::Duration;

use clerk_emulator::Forgery;
use hemera_api::App;
use serde_json::{Value, json};

use crate::academy::academy_with;
use crate::support::{CapturedLog, Person, Sender, TestApp};

const COURSES: &str = "/api/service/courses";
const PARTICIPATION: &str = "/api/service/participations/part_anna";
const RESULT: &str = "/api/service/participations/part_anna/result";

/// The lines of security events, by event, and how many events each says there were.
fn logged(log: &CapturedLog) -> Vec<(String, u64)> {
    let text = log.text();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|line| line["target"] == "hemera_api::security")
        .map(|line| {
            assert_eq!(line["level"], "WARN");
            (
                line["security_event"].as_str().unwrap().to_owned(),
                line["events"].as_u64().unwrap(),
            )
        })
        .collect()
}

/// Status and events of each record, oldest first.
async fn recorded(app: TestApp) -> Vec<Value> {
    let database = app.finish().await;
    database
        .rows("select status, security_events as events from audit_log order by at, id")
        .await
}

fn record(status: u16, events: &[&str]) -> Value {
    let events = (!events.is_empty()).then_some(events);
    json!({ "status": status, "events": events })
}

fn event(name: &str) -> (String, u64) {
    (name.to_owned(), 1)
}

/// Each request at a time of its own, so that the records have an order.
fn next(app: &TestApp, sender: Sender) -> Sender {
    app.clock.advance(Duration::from_millis(1));
    sender
}

#[tokio::test]
async fn a_forged_token_and_a_secret_of_clerk_are_events_and_an_expired_token_is_none() {
    let app = academy_with(&[]).await;
    let log = CapturedLog::start();
    let good = app.token(Person::Service);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{head}.{first}{}", &signature[1..]);
    let expired = Forgery::template(Person::Service.email(), "hemera-api").with_claim("exp", 1);
    let expired = app.clerk.forge(&expired).unwrap();
    for token in [&forged, &app.clerk.secret_key(), &expired] {
        let sender = next(&app, app.anonymous()).with("authorization", format!("Bearer {token}"));
        sender.get(COURSES).await.assert_status(401);
    }

    assert_eq!(
        logged(&log),
        [event("forged_token"), event("clerk_secret_as_credential")]
    );
    assert_eq!(
        recorded(app).await,
        [
            record(401, &["forged_token"]),
            record(401, &["clerk_secret_as_credential"]),
            record(401, &[]),
        ]
    );
}

#[tokio::test]
async fn a_caller_that_looks_for_many_ids_in_vain_is_an_event_until_ten_minutes_are_over() {
    let app = academy_with(&[("HEMERA_SECURITY__MISSING_IDS", "3")]).await;
    let log = CapturedLog::start();
    // The same id again is no new one.
    for number in [0, 1, 1, 2] {
        let path = format!("/api/service/participations/part_{number}");
        let sender = next(&app, app.service_key());
        sender.get(&path).await.assert_status(404);
    }
    let writer = next(&app, app.service_key());
    writer
        .write(RESULT, r#"{"complete":true}"#)
        .await
        .assert_status(200);
    app.clock.advance(Duration::from_mins(10));
    next(&app, app.service_key())
        .get(PARTICIPATION)
        .await
        .assert_status(200);

    assert_eq!(logged(&log), [event("id_enumeration")]);
    assert_eq!(
        recorded(app).await,
        [
            record(404, &[]),
            record(404, &[]),
            record(404, &[]),
            record(404, &["id_enumeration"]),
            record(200, &["id_enumeration"]),
            record(200, &[]),
        ]
    );
}

/// In one request or in many: the request that completes the number is marked, and not each of its updates.
#[tokio::test]
async fn ids_that_are_looked_for_with_one_request_are_an_event_too() {
    let app = academy_with(&[("HEMERA_SECURITY__MISSING_IDS", "3")]).await;
    let log = CapturedLog::start();
    let updates = ["none_1", "none_2", "none_3"].map(|id| json!({ "participationId": id, "complete": true }));
    let body = json!({ "updates": updates });
    next(&app, app.service_key())
        .put("/api/service/participation-results", &body)
        .await
        .assert_status(200);
    assert_eq!(logged(&log), [event("id_enumeration")]);
    let mut records = recorded(app).await;
    records.sort_by_key(|record| record["status"].as_i64());
    let of_update = record(404, &[]);
    assert_eq!(
        records,
        [
            record(200, &["id_enumeration"]),
            of_update.clone(),
            of_update.clone(),
            of_update
        ]
    );
}

#[tokio::test]
async fn a_caller_that_reads_many_participations_a_day_is_an_event() {
    let app = academy_with(&[("HEMERA_SECURITY__PARTICIPATIONS_A_DAY", "2")]).await;
    let log = CapturedLog::start();
    for path in [
        PARTICIPATION,
        PARTICIPATION,
        "/api/service/participations/part_bernd",
    ] {
        next(&app, app.service_key()).get(path).await.assert_status(200);
    }

    assert_eq!(logged(&log), [event("crawl")]);
    assert_eq!(
        recorded(app).await,
        [record(200, &[]), record(200, &[]), record(200, &["crawl"])]
    );
}

#[tokio::test]
async fn a_new_address_or_user_agent_of_a_service_user_is_an_event_once_for_all_servers() {
    let app = academy_with(&[]).await;
    let (other, beside) = app.beside(&[]).await;
    let log = CapturedLog::start();
    let known = |sender: Sender| sender.with("user-agent", "aither/1.0");
    let again = |sender: Sender| next(&app, known(sender));
    again(app.service_key()).get(COURSES).await.assert_status(200);
    again(app.service_key().from("203.0.113.8"))
        .get(COURSES)
        .await
        .assert_status(200);
    again(app.service_key().from("203.0.113.8"))
        .get(COURSES)
        .await
        .assert_status(200);
    next(&app, app.service_key().with("user-agent", "curl/8.0"))
        .write(RESULT, r#"{"complete":true}"#)
        .await
        .assert_status(200);
    // The other server has not seen them, and finds them in the database. A person may call from everywhere.
    let key = beside.with("x-api-key", TestApp::SERVICE_KEY);
    again(key.from("203.0.113.8"))
        .get(COURSES)
        .await
        .assert_status(200);
    for address in ["203.0.113.8", "203.0.113.9"] {
        again(app.admin().from(address))
            .get(COURSES)
            .await
            .assert_status(200);
    }

    assert_eq!(logged(&log), [event("new_address"), event("new_user_agent")]);
    finish_other(other).await;
    assert_eq!(
        recorded(app).await,
        [
            record(200, &[]),
            record(200, &["new_address"]),
            record(200, &[]),
            record(200, &["new_user_agent"]),
            record(200, &[]),
            record(200, &[]),
            record(200, &[]),
        ]
    );
}

async fn finish_other(other: App) {
    assert_eq!(other.finish().await, 0, "audit records were lost");
}

/// A caller chooses its user agent: it cannot fill the database with them.
#[tokio::test]
async fn a_caller_that_changes_its_user_agent_each_time_adds_a_bounded_number() {
    let app = academy_with(&[]).await;
    for number in 0..40 {
        let sender = app.service_key().with("user-agent", format!("agent/{number}"));
        sender.get(COURSES).await.assert_status(200);
    }
    let database = app.finish().await;
    let counted = database
        .rows("select count(*) from audit_origins where kind = 'user_agent'")
        .await;
    assert_eq!(counted, [json!({ "count": 19 })], "one of 20 is the address");
}

#[tokio::test]
async fn a_service_key_is_an_event_from_the_cut_over_on() {
    // The clock of these tests stands between the two.
    for (cut_over, events) in [
        ("2026-03-01T00:00:00Z", &["rollback_key_used"][..]),
        ("2027-01-01T00:00:00Z", &[]),
    ] {
        let app = academy_with(&[("HEMERA_SECURITY__CUT_OVER", cut_over)]).await;
        next(&app, app.service_key())
            .get(COURSES)
            .await
            .assert_status(200);
        next(&app, app.service()).get(COURSES).await.assert_status(200);
        assert_eq!(recorded(app).await, [record(200, events), record(200, &[])]);
    }
}

#[tokio::test]
async fn normal_work_is_no_event() {
    let app = academy_with(&[]).await;
    let log = CapturedLog::start();
    for sender in [app.service(), app.service_key(), app.admin()] {
        for path in [COURSES, PARTICIPATION, "/api/service/courses/course_none"] {
            next(&app, sender.clone()).get(path).await;
        }
        next(&app, sender).write(RESULT, r#"{"complete":true}"#).await;
    }
    next(&app, app.anonymous()).get(COURSES).await.assert_status(401);

    assert_eq!(logged(&log), []);
    let events = recorded(app).await;
    assert!(
        events.iter().all(|record| record["events"].is_null()),
        "{events:?}"
    );
}
