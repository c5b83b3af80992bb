//! The answers of the server against the document: every status that it lists occurs.

use std::collections::BTreeSet;
use std::time::Duration;

use clerk_emulator::{Effect, Fault};
use hemera_types::{Condition, Named as _, Operation};
use http::Method;

use crate::academy::{RESOURCES, academy_with};
use crate::support::{Answer, Person, Resources, Sender, TestApp, document};

/// The path of an operation on resources that are not there, or cannot be.
fn path(operation: Operation, id: &'static str) -> String {
    let nothing = Resources {
        course: id,
        participation: id,
    };
    nothing.path(operation)
}

async fn ask(sender: &Sender, operation: Operation) -> Answer {
    sender.ask(operation, RESOURCES).await
}

/// The answers that come from the checks in front of every operation.
async fn refused(app: &TestApp, operation: Operation) -> Vec<Answer> {
    let anonymous = app.anonymous();
    let admin = app.admin();
    let mut answers = vec![
        ask(&anonymous.with_token("not.a.token"), operation).await,
        ask(&app.person(Person::User), operation).await,
        admin
            .call(Method::DELETE, &path(operation, "x"), String::new().into())
            .await,
    ];
    let spec = operation.spec();
    if spec.condition == Some(Condition::IfMatch) {
        // Before it is written: a request that would change nothing is not refused.
        answers.push(ask(&admin.with("if-match", "\"4711\""), operation).await);
    }
    answers.push(ask(&admin, operation).await);
    if spec.condition == Some(Condition::IfNoneMatch) {
        answers.push(ask(&admin.with("if-none-match", "*"), operation).await);
    }
    if spec.has_body() {
        answers.extend(refused_bodies(&admin, operation).await);
    }
    let bad = if spec.has_id() {
        path(operation, "%20")
    } else {
        format!("{}?colour=red", spec.path)
    };
    answers.push(admin.ask_at(operation, &bad).await);
    if spec.has_id() {
        answers.push(admin.ask_at(operation, &path(operation, "nothing")).await);
    }
    answers
}

async fn refused_bodies(admin: &Sender, operation: Operation) -> Vec<Answer> {
    let path = RESOURCES.path(operation);
    let send = |media_type, body: Vec<u8>| {
        let sender = admin.with("content-type", media_type);
        let path = path.clone();
        async move {
            let method = operation.spec().method.clone();
            sender.call(method, &path, body.into()).await
        }
    };
    vec![
        send(
            "application/json",
            vec![b' '; operation.spec().body_bytes.unwrap() + 1],
        )
        .await,
        send("application/json", b"{".to_vec()).await,
        send("text/plain", b"complete".to_vec()).await,
    ]
}

#[tokio::test]
async fn every_documented_status_occurs() {
    let settings = [
        ("HEMERA_LIMITS__ADMIN_RATE", "1000"),
        ("HEMERA_LIMITS__ADMIN_BURST", "1000"),
        ("HEMERA_LIMITS__API_CLIENT_BURST", "1"),
    ];
    let app = academy_with(&settings).await;
    let mut seen: BTreeSet<(&str, u16)> = BTreeSet::new();
    let mut note = |operation: Operation, answer: &Answer| {
        seen.insert((operation.name(), answer.status.as_u16()));
    };
    for &operation in Operation::ALL {
        for answer in refused(&app, operation).await {
            note(operation, &answer);
        }
        // The second one is over the burst, which a minute gives back.
        ask(&app.service(), operation).await;
        note(operation, &ask(&app.service(), operation).await);
        app.advance(Duration::from_mins(1));
    }

    // A role that is not remembered cannot be looked up.
    app.clerk
        .add_fault(Fault::new("/v1/users/*", Effect::Status(503)));
    let moderator = app.person(Person::Moderator);
    for &operation in Operation::ALL {
        note(operation, &ask(&moderator, operation).await);
    }

    let pool = app.database.pool().await;
    for table in ["courses", "course_participations", "audit_log"] {
        let rename = format!("alter table {table} rename to {table}_elsewhere");
        sqlx::raw_sql(sqlx::AssertSqlSafe(rename))
            .execute(&pool)
            .await
            .unwrap();
    }
    for &operation in Operation::ALL {
        note(operation, &ask(&app.admin(), operation).await);
    }
    // So that the records of all these requests can be stored.
    sqlx::raw_sql("alter table audit_log_elsewhere rename to audit_log")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;

    assert_eq!(seen, listed());
    app.finish().await;
}

/// Every status of every operation, as the document lists them.
fn listed() -> BTreeSet<(&'static str, u16)> {
    let mut listed = BTreeSet::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let statuses = operation["responses"].as_object().unwrap().keys();
            if path.starts_with("/api/service/") {
                let id = operation["operationId"].as_str().unwrap();
                listed.extend(statuses.map(|status| (id, status.parse::<u16>().unwrap())));
            }
        }
    }
    listed
}
