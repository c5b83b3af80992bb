//! The statements of `grants.sql`, one by one: those about tables that are not there yet wait.

use sqlx::{Connection as _, PgConnection};

use crate::admin::database_roles::names::RoleNames;
use crate::admin::database_roles::query;

/// PostgreSQL's codes for a table, a column and a function that do not exist.
const MISSING: [&str; 3] = ["42P01", "42703", "42883"];

/// A statement about something that is not there yet.
#[derive(Debug, PartialEq)]
pub(super) struct Waiting {
    pub(super) statement: String,
}

impl Waiting {
    /// Whether it is about this object, such as `table audit_log`.
    pub(super) fn concerns(&self, object: &str) -> bool {
        let name = object.rsplit(' ').next().unwrap_or(object);
        let words = self.statement.rsplit_once(" on ").map(|(_, place)| place);
        words.is_some_and(|place| place.split([' ', ',']).any(|word| word == name))
    }
}

/// Runs the script as far as its objects are there, and returns what waits for others.
pub(super) async fn run(connection: &mut PgConnection, names: &RoleNames) -> sqlx::Result<Vec<Waiting>> {
    let script = query::script(connection, names).await?;
    let mut waiting = Vec::new();
    for statement in statements(&script) {
        let mut savepoint = connection.begin().await?;
        match query::run(&mut savepoint, &statement).await {
            Ok(()) => savepoint.commit().await?,
            Err(error) if is_missing(&error) => {
                savepoint.rollback().await?;
                waiting.push(Waiting { statement });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(waiting)
}

fn is_missing(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| MISSING.contains(&code.as_ref()))
}

/// The statements of a script of ours: each ends with the line that ends with a semicolon, outside of `$$`.
fn statements(script: &str) -> Vec<String> {
    let mut statements = Vec::new();
    let mut lines = Vec::new();
    let mut is_body = false;
    for line in script.lines() {
        let line = line.split_once("--").map_or(line, |(code, _)| code).trim();
        if line.is_empty() {
            continue;
        }
        lines.push(line);
        is_body ^= line.matches("$$").count() % 2 == 1;
        if line.ends_with(';') && !is_body {
            statements.push(lines.join(" "));
            lines.clear();
        }
    }
    statements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_in_dollars_is_one_statement() {
        let script = "-- A comment; of two words.\nset local a.b = 'c';\ndo $$\nbegin\n    perform 1;\nend $$;\n\ngrant select (\n    \
                      id, -- why\n    name\n) on users to server;\n";
        assert_eq!(
            statements(script),
            [
                "set local a.b = 'c';",
                "do $$ begin perform 1; end $$;",
                "grant select ( id, name ) on users to server;",
            ]
        );
    }

    #[test]
    fn a_statement_concerns_the_tables_that_it_names() {
        let waiting = Waiting {
            statement: "grant select on audit_details, audit_tiles to auditor;".to_owned(),
        };
        assert!(waiting.concerns("table audit_details") && waiting.concerns("table audit_tiles"));
        assert!(!waiting.concerns("table audit_log") && !waiting.concerns("database hemera"));
    }
}
