//! `docs/database.md`: what a record says, and the questions to the audit log.

use crate::support::{TestApp, TestDatabase, role_names};

const DOCUMENT: &str = include_str!("../../../../../docs/database.md");

fn section(heading: &str) -> &'static str {
    let (_, section) = DOCUMENT.split_once(&format!("\n### {heading}\n")).unwrap();
    section.split("\n### ").next().unwrap()
}

/// Column, type and meaning of each row of the table.
fn documented(heading: &str) -> Vec<[String; 3]> {
    let rows = section(heading)
        .lines()
        .filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
        let [column, kind, meaning] = cells[..] else {
            panic!("not three cells: {row}")
        };
        [column.trim_matches('`'), kind.trim_matches('`'), meaning].map(str::to_owned)
    })
    .collect()
}

async fn commented(database: &TestDatabase, table: &str) -> Vec<[String; 3]> {
    let rows = database
        .rows(&format!(
            "select attname as column, format_type(atttypid, null) as kind,
                 coalesce(col_description(attrelid, attnum), '') as meaning
             from pg_attribute
             where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped
             order by attnum",
        ))
        .await;
    let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = rows.iter().map(|row| {
        let kind = text(row, "kind").replace("timestamp with time zone", "timestamptz");
        [text(row, "column"), kind, text(row, "meaning")]
    });
    rows.collect()
}

#[tokio::test]
async fn the_comments_of_the_columns_are_the_table_of_the_document() {
    let app = TestApp::start().await;
    for (heading, table) in [
        ("What a record says", "audit_log"),
        ("Personal data of a record", "audit_details"),
    ] {
        assert_eq!(documented(heading), commented(&app.database, table).await);
    }
    let tables = "select obj_description('audit_log'::regclass) as log, obj_description('audit_log_default'::regclass) as rest";
    let [tables] = &app.database.rows(tables).await[..] else {
        panic!("one row")
    };
    assert!(tables["log"].is_string() && tables["rest"].is_string());
    app.finish().await;
}

/// Each runs with an auditor's rights, and those about requests that were made find them.
#[tokio::test]
async fn every_question_of_the_document_runs_as_an_auditor() {
    let app = TestApp::start().await;
    let result = "/api/service/participations/participation_1001/result";
    app.service_key()
        .get("/api/service/courses")
        .await
        .assert_status(200);
    app.service()
        .get("/api/service/courses/course_gespraeche_fuehren")
        .await
        .assert_status(200);
    app.service().get("/api/service/usage").await.assert_status(403);
    app.anonymous()
        .get("/api/service/courses")
        .await
        .assert_status(401);
    let written = app
        .service()
        .put(result, &serde_json::json!({ "complete": true }))
        .await;
    written.assert_status(200);
    let record = written.header("x-audit-record").to_owned();
    let person = written.data()["userId"].as_str().unwrap().to_owned();
    let database = app.finish().await;

    let questions: Vec<&str> = section("Questions").split("```sql\n").skip(1).collect();
    assert_eq!(questions.len(), 11);
    for (number, question) in questions.into_iter().enumerate() {
        let question = question.split("```").next().unwrap().trim().trim_end_matches(';');
        let question = question
            .replace("now()", "timestamptz '2026-03-10 12:00Z'")
            .replace("user_01_anna", &person)
            .replace("0b9f3c52-6f0e-4f0b-9a57-2d1f6f3c8e11", &record);
        let found = database.rows_as(&role_names().auditor(), &question).await;
        let is_empty = found.is_empty();
        assert_eq!(
            is_empty,
            question.contains("'UNKNOWN'"),
            "question {number}: {question}"
        );
    }
}
