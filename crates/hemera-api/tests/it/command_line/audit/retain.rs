//! `audit retain` and `audit partitions`.

use serde_json::{Value, json};

use super::{as_auditor, printed, sequence};
use crate::command_line::run;
use crate::support::{TestDatabase, role_names};

/// Two months long past, and a month that has no partition. Each record has details.
async fn of_old() -> TestDatabase {
    let database = TestDatabase::create().await;
    let owner = role_names().owner();
    database
        .run(&format!(
            "set role {owner}; select audit_log_make_partitions('2020-01-01Z', 1);
             insert into audit_log (at, record_id, outcome, status)
             select at, gen_random_uuid(), 'SUCCEEDED', 200
             from unnest(array['2020-01-31T23:59:59Z', '2020-02-01T00:00:00Z', '2020-02-05Z', '2019-05-07Z']::timestamptz[]) as at;
             insert into audit_details (at, record_id, persons) select at, record_id, '{{user_anna}}' from audit_log"
        ))
        .await;
    database
}

async fn count(database: &TestDatabase, table: &str) -> Value {
    let rows = database
        .rows(&format!(
            "select count(*) as rows from {table} where at < '2026-01-01Z'"
        ))
        .await;
    rows[0]["rows"].clone()
}

/// What was dropped by the command's JSON: each partition with its rows, and whether it is gone.
fn outcomes(output: &str) -> Value {
    let output: Value = serde_json::from_str(output).unwrap();
    let partitions = output["partitions"].as_array().unwrap().iter();
    partitions
        .map(|one| json!([one["name"], one["rows"], one["notInTheLog"], one["dropped"]]))
        .collect()
}

/// Runs it with the owner's login, beside a server's.
async fn retain(database: &TestDatabase, arguments: &[&str]) -> (i32, String, String) {
    let arguments = [&["audit", "retain"], arguments].concat();
    let (server, owner) = (database.server_url(), database.url_as(&role_names().owner()));
    let settings = [
        ("DATABASE_URL", server.as_str()),
        ("HEMERA_DATABASE__ADMIN_URL", owner.as_str()),
    ];
    run(&arguments, &settings).await
}

#[tokio::test]
async fn months_past_their_time_are_dropped_as_a_whole_and_that_is_on_record() {
    let database = of_old().await;
    sequence(&database).await;
    let (code, output, notes) = retain(&database, &["--json"]).await;
    assert_eq!(code, 0, "{notes}");
    assert_eq!(
        outcomes(&output),
        json!([
            ["audit_details_2019_05", 1, 0, true],
            ["audit_details_2020_01", 1, 0, true],
            ["audit_details_2020_02", 2, 0, true],
            ["audit_log_2019_05", 1, 0, true],
            ["audit_log_2020_01", 1, 0, true],
            ["audit_log_2020_02", 2, 0, true],
        ])
    );
    assert_eq!(
        (
            count(&database, "audit_log").await,
            count(&database, "audit_details").await
        ),
        (json!(0), json!(0))
    );
    let recorded = database
        .rows(
            "select subject = session_user as by_login, resource_id, outcome, status, items, record_id is not null as named
             from audit_log where operation = 'audit.retain' order by id",
        )
        .await;
    assert_eq!(recorded.len(), 6);
    assert_eq!(
        recorded[5],
        json!({
            "by_login": true, "resource_id": "audit_log_2020_02", "outcome": "SUCCEEDED", "status": 200, "items": 2,
            "named": true,
        })
    );
    // They come into the log as all records do.
    assert_eq!(database.rows("select 1 from audit_pending").await.len(), 6);
    let (code, output, _) = retain(&database, &[]).await;
    assert_eq!(code, 0);
    assert!(
        output.starts_with("nothing to drop: no month of details ended 3 months ago"),
        "{output}"
    );
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_says_what_would_be_dropped() {
    let database = of_old().await;
    sequence(&database).await;
    let (code, output, notes) = retain(&database, &["--dry-run"]).await;
    assert_eq!(code, 0, "{notes}");
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines.len(), 4, "{output}");
    assert!(
        lines[1].starts_with("would drop audit_details_2020_02: 2 details of records, "),
        "{output}"
    );
    assert!(
        lines[3].ends_with("; the month ended at 2020-03-01T00:00:00.000Z, 24 months are kept"),
        "{output}"
    );
    assert_eq!(
        (
            count(&database, "audit_log").await,
            count(&database, "audit_details").await
        ),
        (json!(4), json!(4))
    );
    assert_eq!(
        database
            .rows("select 1 from audit_log where operation = 'audit.retain'")
            .await
            .len(),
        0
    );
}

#[tokio::test]
async fn a_month_with_records_that_are_not_in_the_log_stays_unless_that_is_asked_for() {
    let database = of_old().await;
    let (code, output, _) = retain(&database, &[]).await;
    assert_eq!(code, 1);
    let kept: Vec<&str> = output.lines().filter(|line| line.starts_with("kept ")).collect();
    assert_eq!(kept.len(), 3, "{output}");
    assert!(
        kept[2].starts_with("kept audit_log_2020_02: 2 of its records are not in the transparency log yet."),
        "{output}"
    );
    assert_eq!(
        (
            count(&database, "audit_log").await,
            count(&database, "audit_details").await
        ),
        (json!(4), json!(0))
    );

    let (code, _, notes) = retain(&database, &["--not-in-the-log"]).await;
    assert_eq!(code, 0, "{notes}");
    assert_eq!(count(&database, "audit_log").await, 0);
    let left = database
        .rows("select 1 from audit_pending where at < '2026-01-01Z'")
        .await;
    assert_eq!(left, Vec::<Value>::new());
}

#[tokio::test]
async fn the_settings_say_how_long_each_is_kept() {
    let database = of_old().await;
    let owner = database.url_as(&role_names().owner());
    let settings = [
        ("DATABASE_URL", owner.as_str()),
        ("HEMERA_AUDIT__KEEP_RECORDS_MONTHS", "1200"),
        ("HEMERA_AUDIT__KEEP_DETAILS_MONTHS", "1200"),
    ];
    let (code, output, _) = run(&["audit", "retain"], &settings).await;
    assert_eq!(code, 0);
    assert!(output.starts_with("nothing to drop"), "{output}");
    let settings = [
        ("DATABASE_URL", owner.as_str()),
        ("HEMERA_AUDIT__KEEP_RECORDS_MONTHS", "2"),
    ];
    let (code, _, notes) = run(&["audit", "retain"], &settings).await;
    assert!(
        code == 1 && notes.contains("is less than HEMERA_AUDIT__KEEP_DETAILS_MONTHS"),
        "{notes}"
    );
}

#[tokio::test]
async fn only_the_owner_ends_retention() {
    let database = of_old().await;
    let (code, output, notes) = as_auditor(&database, &["audit", "retain", "--not-in-the-log"]).await;
    assert_eq!((code, output.as_str()), (1, ""));
    assert!(
        notes.contains("HEMERA_DATABASE__ADMIN_URL") && notes.contains("hemera_owner"),
        "{notes}"
    );
    assert_eq!(count(&database, "audit_log").await, 4);
}

#[tokio::test]
async fn an_auditor_sees_the_months_their_rows_and_which_are_past() {
    let database = of_old().await;
    let output = printed(&database, &["audit", "partitions", "--json"]).await;
    let output: Value = serde_json::from_str(&output).unwrap();
    let partitions = output["partitions"].as_array().unwrap();
    let find = |name: &str| partitions.iter().find(|one| one["name"] == name).unwrap();
    let february = find("audit_log_2020_02");
    assert_eq!(february["month"], "2020-02");
    assert_eq!(
        (
            &february["rows"],
            &february["notInTheLog"],
            &february["pastRetention"]
        ),
        (&json!(2), &json!(2), &json!(true))
    );
    assert_eq!(find("audit_details_2020_01")["rows"], 1);
    let rest = find("audit_log_default");
    assert_eq!(
        (&rest["rows"], &rest["month"], &rest["pastRetention"]),
        (&json!(1), &Value::Null, &json!(false))
    );
    assert!(
        partitions
            .iter()
            .any(|one| one["pastRetention"] == false && !one["month"].is_null())
    );

    let table = printed(&database, &["audit", "partitions"]).await;
    let line = table
        .lines()
        .find(|line| line.starts_with("audit_log_2020_02"))
        .unwrap();
    assert!(line.contains(" 2020-02 ") && line.ends_with("2  past"), "{table}");
    assert!(table.contains("audit retain"), "{table}");
}
