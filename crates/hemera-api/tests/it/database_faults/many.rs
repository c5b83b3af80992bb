//! Requests that write many results, while the database gives no answer.

use serde_json::{Value, json};

use super::{Proxied, warm};

const PATH: &str = "/api/service/participation-results";

/// The database takes the second update and gives no answer. With the row locked, PostgreSQL gives the update up; without,
/// it writes it. Either way the verdict is that nothing is known, one record says what became of it, and no other update
/// is begun.
#[tokio::test]
async fn an_update_without_an_answer_of_the_database_is_unknown_and_the_last_one() {
    for (stays_locked, outcome, written) in
        [(true, "UNKNOWN", json!(null)), (false, "SUCCEEDED", json!("neu"))]
    {
        let server = Proxied::start(&[
            ("HEMERA_HTTP__HANDLER_TIMEOUT", "6s"),
            ("HEMERA_DATABASE__MAX_CONNECTIONS", "2"),
        ])
        .await;
        warm(&server.beside, &server.sender, 2).await;
        let database = &server.beside.database;
        let pool = database.pool().await;
        let mut other = pool.begin().await.unwrap();
        sqlx::query("select from course_participations where id = 'part_bernd' for update")
            .execute(&mut *other)
            .await
            .unwrap();
        let body = json!({ "updates": [
            { "participationId": "part_anna", "resultNotes": "neu" },
            { "participationId": "part_bernd", "resultNotes": "neu" },
            { "participationId": "part_none", "resultNotes": "neu" },
        ] });
        let sender = server.sender.clone();
        let caller = tokio::spawn(async move { sender.put(PATH, &body).await });
        database.until_waiting(1).await;
        server.proxy.silence();
        let mut lock = Some(other);
        if !stays_locked {
            lock.take().unwrap().rollback().await.unwrap();
        }
        let answer = caller.await.unwrap();
        drop(lock);
        let results = answer.data()["results"].clone();
        let verdicts: Vec<&Value> = (0..3).map(|index| &results[index]["verdict"]).collect();
        assert_eq!(verdicts, ["UPDATED", "UNKNOWN", "NOT_REACHED"]);
        let record = results[1]["auditRecord"].as_str().unwrap().to_owned();
        assert_eq!(server.app.finish().await, 0);
        pool.close().await;

        let rows = database
            .rows(&format!(
                "select item, outcome, result_notes from audit_log
                     join course_participations on course_participations.id = resource_id
                 where record_id = '{record}'"
            ))
            .await;
        assert_eq!(
            rows,
            [json!({ "item": 2, "outcome": outcome, "result_notes": written })]
        );
        server.beside.finish().await;
    }
}
