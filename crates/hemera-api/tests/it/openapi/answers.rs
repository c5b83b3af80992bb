//! What the server does, against the document: each operation is made to give each of its answers.

use std::collections::BTreeSet;
use std::time::Duration;

use clerk_emulator::{Effect, Fault};
use hemera_types::{Named as _, Operation};
use http::Method;
use serde_json::json;

use crate::academy::academy_with;
use crate::support::{Answer, Person, Sender, TestApp, document};

/// A request of an operation that succeeds.
async fn ask(sender: &Sender, operation: Operation) -> Answer {
    let path = path(operation, "course_wandel", "part_anna");
    if operation.method() == Method::PUT {
        sender
            .put(&path, &json!({ "resultNotes": "Ruhig und klar." }))
            .await
    } else {
        sender.get(&path).await
    }
}

fn path(operation: Operation, course: &str, participation: &str) -> String {
    let id = match operation {
        Operation::GetCourse | Operation::GetCourseMaterials => course,
        _ => participation,
    };
    operation.path(Some(id))
}

/// The answers that come from the checks in front of every operation.
async fn refused(app: &TestApp, operation: Operation) -> Vec<Answer> {
    let anonymous = app.anonymous();
    let admin = app.admin();
    let mut answers = vec![
        ask(&anonymous.with_token("not.a.token"), operation).await,
        ask(&app.person(Person::User), operation).await,
        admin
            .call(Method::DELETE, &path(operation, "x", "x"), String::new().into())
            .await,
        ask(&admin, operation).await,
    ];
    if operation.method() == Method::GET {
        answers.push(ask(&admin.with("if-none-match", "*"), operation).await);
    } else {
        answers.extend(refused_writes(&admin, operation).await);
    }
    let is_one = operation.path_template().contains("{id}");
    let bad = if is_one {
        path(operation, "%20", "%20")
    } else {
        format!("{}?colour=red", operation.path(None))
    };
    answers.push(if operation.method() == Method::PUT {
        admin.put(&bad, &json!({})).await
    } else {
        admin.get(&bad).await
    });
    if is_one {
        let missing = path(operation, "nothing", "nobody");
        let body = json!({ "complete": true });
        answers.push(if operation.method() == Method::PUT {
            admin.put(&missing, &body).await
        } else {
            admin.get(&missing).await
        });
    }
    answers
}

async fn refused_writes(admin: &Sender, operation: Operation) -> Vec<Answer> {
    let path = path(operation, "", "part_anna");
    let body = json!({ "resultNotes": "Anders." });
    vec![
        admin.with("if-match", "\"4711\"").put(&path, &body).await,
        admin.write(&path, vec![b' '; 64 * 1024 + 1]).await,
        admin.write(&path, &b"{"[..]).await,
        admin
            .with("content-type", "text/plain")
            .put_raw(&path, "complete")
            .await,
    ]
}

#[tokio::test]
async fn each_operation_gives_each_of_its_answers() {
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
    pool.close().await;

    assert_eq!(seen, listed());
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
