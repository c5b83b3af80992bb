//! Every statement of the server, as the server's role.

use std::path::Path;

use serde_json::Value;
use sqlx::PgConnection;

use super::{INSUFFICIENT_PRIVILEGE, attempt, session};
use crate::support::{TestDatabase, role_names};

/// A statement that was checked when the workspace was compiled.
pub(super) struct Statement {
    pub(super) text: String,
    parameters: usize,
}

/// All that are committed in `.sqlx` and stand in the server's sources; other crates have theirs there too.
pub(super) fn statements() -> Vec<Statement> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.sqlx");
    let mut sources = String::new();
    collect(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut sources,
    );
    let read = |entry: std::io::Result<std::fs::DirEntry>| -> Statement {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let data: Value = serde_json::from_str(&text).unwrap();
        Statement {
            text: data["query"].as_str().unwrap().to_owned(),
            parameters: data["describe"]["parameters"]["Left"].as_array().unwrap().len(),
        }
    };
    let mut statements: Vec<Statement> = std::fs::read_dir(folder).unwrap().map(read).collect();
    statements.retain(|statement| sources.contains(&statement.text));
    assert!(statements.len() >= 10, "{} statements", statements.len());
    statements
}

fn collect(folder: &Path, sources: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else {
            sources.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// What the database says when the statement is about to run: its rights are checked then, also by `explain`.
pub(super) async fn try_out(
    connection: &mut PgConnection,
    statement: &Statement,
) -> Option<(String, String)> {
    let nulls = vec!["null"; statement.parameters].join(", ");
    let arguments = if nulls.is_empty() {
        nulls
    } else {
        format!("({nulls})")
    };
    let sql = format!(
        "prepare tried as {};\nexplain execute tried{arguments};\ndeallocate tried",
        statement.text
    );
    attempt(connection, &sql).await
}

#[tokio::test]
async fn the_server_may_run_each_of_its_statements() {
    let database = TestDatabase::create().await;
    let mut refused = Vec::new();
    for statement in statements() {
        // One session each: what a refused one prepared would be in the way of the next.
        let mut server = session(&database, &role_names().server()).await;
        if let Some((code, message)) = try_out(&mut server, &statement).await {
            assert_eq!(code, INSUFFICIENT_PRIVILEGE, "{message}: {}", statement.text);
            refused.push(statement.text);
        }
    }
    // The one statement that is `migrate`'s alone.
    assert_eq!(refused.len(), 1, "{refused:#?}");
    assert!(refused[0].contains("audit_log_make_partitions"), "{refused:#?}");
}

#[tokio::test]
async fn the_owner_may_run_the_statement_that_the_server_may_not() {
    let database = TestDatabase::create().await;
    let mut owner = session(&database, &role_names().owner()).await;
    for statement in statements() {
        let came = try_out(&mut owner, &statement).await;
        assert_eq!(came, None, "{}", statement.text);
    }
}
