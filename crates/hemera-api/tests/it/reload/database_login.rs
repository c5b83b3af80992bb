//! The file of the database's address.

use serde_json::json;

use super::logins::TestLogin;
use super::{INTERVAL, READ, SecretFile, pass_for, said};
use crate::academy::academy;
use crate::support::{CapturedLog, TestApp};

const PART: &str = "/api/service/participations/part_anna";
const WRITE: &str = "/api/service/participations/part_anna/result";

#[tokio::test]
async fn after_a_new_login_the_old_one_has_no_session() {
    let beside = academy().await;
    let (old, new) = tokio::join!(
        TestLogin::of_server(&beside.database),
        TestLogin::of_server(&beside.database)
    );
    let file = SecretFile::with(&old.url);
    // So that the sequencer of the transparency log has a connection, too.
    let key = crate::evidence::key();
    let settings = [
        ("DATABASE_URL_FILE", file.path()),
        ("HEMERA_AUDIT__KEY", key.as_str()),
    ];
    let (app, sender) = beside.beside(&settings).await;
    let sender = sender.with("x-api-key", TestApp::SERVICE_KEY);
    sender.get(READ).await.assert_status(200);
    sender.get("/readyz").await.assert_status(200);

    // A write waits for a lock, on a connection of the old login.
    let pool = beside.database.pool().await;
    let mut locking = pool.begin().await.unwrap();
    sqlx::query("select 1 from course_participations for update")
        .execute(&mut *locking)
        .await
        .unwrap();
    let writer = sender.clone();
    let writing = tokio::spawn(async move { writer.put(WRITE, &json!({ "resultNotes": "late" })).await });
    beside.database.until_waiting(1).await;

    let log = CapturedLog::start();
    file.write(&new.url);
    app.secrets().read_now().await;
    assert_eq!(said(&log, "INFO"), ["secret database_url was replaced"]);
    assert!(!log.text().contains("secret of"), "the log has the password");
    locking.rollback().await.unwrap();
    pool.close().await;
    writing.await.unwrap().assert_status(200);
    sender.get("/readyz").await.assert_status(200);
    old.until_unused(&beside.database).await;
    old.remove().await;

    sender.get(PART).await.assert_status(200);
    sender.get("/readyz").await.assert_status(200);
    assert_eq!(app.finish().await, 0, "every record is stored");
    new.remove().await;
    beside.finish().await;
}

#[tokio::test]
async fn a_login_that_cannot_be_used_leaves_the_old_one() {
    let beside = TestApp::start().await;
    let own = beside.database.server_url();
    let file = SecretFile::with(&own);
    let (app, sender) = beside.beside(&[("DATABASE_URL_FILE", file.path())]).await;
    let sender = sender.with("x-api-key", TestApp::SERVICE_KEY);
    let mut unknown = url::Url::parse(&own).unwrap();
    unknown.set_username("hemera_test_nobody").unwrap();
    let auditor = beside.database.url_as(&crate::support::role_names().auditor());
    for (content, problem) in [
        (
            unknown.as_str(),
            "DATABASE_URL_FILE: PostgreSQL refuses a connection to",
        ),
        (
            auditor.as_str(),
            "DATABASE_URL_FILE: the login of DATABASE_URL may not use the schema",
        ),
        (
            "mysql://x",
            "DATABASE_URL_FILE: must be the address of a PostgreSQL",
        ),
        ("\n", "DATABASE_URL_FILE: names a file that is empty"),
        (
            "postgres://hemera@db.example.com/hemera",
            "add sslmode=verify-full to the address",
        ),
        (
            "postgres://hemera@127.0.0.1:1/other",
            "restart the server to move it to another database",
        ),
    ] {
        let log = CapturedLog::start();
        file.write(content);
        pass_for(&app, &beside.clock, 3 * INTERVAL).await;
        let lines = said(&log, "WARN");
        assert!(
            lines.len() == 1 && lines[0].contains(problem),
            "{problem}: {lines:?}"
        );
        sender.get(READ).await.assert_status(200);
    }
    app.finish().await;
    beside.finish().await;
}
