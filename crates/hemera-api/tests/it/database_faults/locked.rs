//! Somebody else holds the lock of a row.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use futures_util::future::join_all;

use crate::academy::academy_with;
use crate::support::TestApp;

const WRITERS: usize = 20;

/// Twenty writers of one locked row get their 503, and everybody else is answered meanwhile.
#[tokio::test]
async fn a_locked_row_costs_its_own_writers_alone() {
    let app = academy_with(&[
        ("HEMERA_HTTP__HANDLER_TIMEOUT", "3s"),
        ("HEMERA_DATABASE__MAX_CONNECTIONS", "4"),
    ])
    .await;
    let sender = app.anonymous().with("x-api-key", TestApp::SERVICE_KEY);
    let pool = app.database.pool().await;
    let mut other = pool.begin().await.unwrap();
    sqlx::query("select from course_participations where id = 'part_anna' for update")
        .execute(&mut *other)
        .await
        .unwrap();

    let before = sender.get(super::READ).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let sender = sender.with("content-type", "application/json");
            let body = format!(r#"{{"resultNotes":"{number}"}}"#);
            tokio::spawn(async move { sender.put_raw(super::WRITE, body).await })
        })
        .collect();
    app.database.until_waiting(1).await;
    let mut longest = Duration::ZERO;
    for _ in 0..50 {
        let begin = SystemClock.now();
        sender.get(super::READ).await.assert_status(200);
        longest = longest.max(SystemClock.now().since(begin));
    }
    let answers: Vec<_> = join_all(writers).await.into_iter().map(Result::unwrap).collect();
    for answer in &answers {
        answer.assert_error(503, "SERVICE_UNAVAILABLE");
    }
    // A busy machine takes its time; a read that waits for a writer would take a second and more.
    assert!(longest < Duration::from_millis(900), "{longest:?}");

    other.rollback().await.unwrap();
    pool.close().await;
    let after = sender.get(super::READ).await;
    assert_eq!(after.data(), before.data(), "nothing was written afterwards");
    app.finish().await;
}
