//! Nobody changes what is recorded, not even the owner of the table.

use serde_json::json;

use super::partitions::database_of_july;

#[tokio::test]
async fn records_are_neither_changed_nor_removed() {
    let database = database_of_july().await;
    database
        .run("insert into audit_log (at, outcome, status) values ('2031-07-15T12:00:00Z', 'REFUSED', 401), ('2001-01-01', 'REFUSED', 401)")
        .await;
    for attempt in [
        "update audit_log set status = 200",
        "update audit_log_2031_07 set status = 200",
        "delete from audit_log",
        "delete from audit_log_default",
        "truncate audit_log",
        "truncate audit_log_2031_07",
        "truncate audit_log_default",
    ] {
        let refusal = database.refusal(attempt).await;
        assert!(refusal.contains("append-only"), "{attempt}: {refusal}");
    }
    assert_eq!(
        database.rows("select count(*) from audit_log").await,
        [json!({ "count": 2 })]
    );
}
