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

/// Whose statement it is: whose login runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Server,
    /// The commands that look into the audit trail.
    Auditor,
    /// What changes the schema, or ends the retention of a month.
    Owner,
}

impl Whose {
    /// By the folder that the statement stands in.
    fn of(path: &Path) -> Self {
        let path = path.to_string_lossy();
        if path.contains("/admin/audit/retain/") || path.contains("/admin/audit/log/restart/") {
            Self::Owner
        } else if path.contains("/admin/audit/") {
            Self::Auditor
        } else {
            Self::Server
        }
    }
}

/// All that are committed in `.sqlx` and stand in the server's sources; other crates have theirs there too.
pub(super) fn statements(whose: Whose) -> Vec<Statement> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.sqlx");
    let mut sources = String::new();
    collect(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        whose,
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
    assert!(statements.len() >= 3, "{} statements", statements.len());
    statements
}

fn collect(folder: &Path, whose: Whose, sources: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, whose, sources);
        } else if Whose::of(&path) == whose {
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

/// The statements that the role has no right to run.
async fn refused(role: &str, whose: Whose) -> Vec<String> {
    let database = TestDatabase::create().await;
    let mut refused = Vec::new();
    for statement in statements(whose) {
        // One session each: what a refused one prepared would be in the way of the next.
        let mut session = session(&database, role).await;
        if let Some((code, message)) = try_out(&mut session, &statement).await {
            assert_eq!(code, INSUFFICIENT_PRIVILEGE, "{message}: {}", statement.text);
            refused.push(statement.text);
        }
    }
    refused
}

#[tokio::test]
async fn the_server_may_run_each_of_its_statements() {
    let refused = refused(&role_names().server(), Whose::Server).await;
    // The one statement that is `migrate`'s alone.
    assert_eq!(refused.len(), 1, "{refused:#?}");
    assert!(refused[0].contains("audit_log_make_partitions"), "{refused:#?}");
}

#[tokio::test]
async fn an_auditor_may_run_each_statement_of_the_commands_that_read() {
    let refused = refused(&role_names().auditor(), Whose::Auditor).await;
    assert_eq!(refused, Vec::<String>::new());
}

#[tokio::test]
async fn the_owner_may_run_every_statement() {
    for whose in [Whose::Server, Whose::Auditor, Whose::Owner] {
        let refused = refused(&role_names().owner(), whose).await;
        assert_eq!(refused, Vec::<String>::new());
    }
}
