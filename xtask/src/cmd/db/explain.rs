//! `cargo xtask db explain`: what the statements of the lists cost in a large academy.
//!
//! The statements are those that the server sends: the texts in `.sqlx`, which `check` holds against the code.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::generate::{Size, generate};
use crate::Verdict;
use crate::guard::Guard;
use crate::postgres::Server;
use crate::screen::say;
use crate::sqlx;

/// Longest that one statement may take.
const AT_MOST: Duration = Duration::from_mins(2);

/// A statement with values for its parameters, as SQL literals.
struct Case {
    title: &'static str,
    statement: Statement,
    values: String,
}

/// A statement of the server's, found by a column that no other has.
#[derive(Clone)]
struct Statement {
    text: String,
    parameters: String,
}

/// Prints the plans, generating the academy first where it is not there.
pub(super) fn explain(guard: &Guard, server: &Server, size: &Size, yes: bool) -> Result<Verdict> {
    if !is_there(guard, server, size)? {
        say("there is no such academy yet: generating it first");
        generate(guard, server, size, yes)?;
    }
    let mut lines = Vec::new();
    for case in cases(guard, server, size)? {
        let plan = plan(guard, server, size, &case)?;
        println!("## {}\n\n{plan}\n", case.title);
        lines.push(format!("{:<34} {}", case.title, figures(&plan)));
    }
    println!("## In short\n\n{}", lines.join("\n"));
    Ok(Verdict::Good)
}

fn is_there(guard: &Guard, server: &Server, size: &Size) -> Result<bool> {
    let sql = format!(
        "select count(*) from pg_database where datname = '{}'",
        size.database
    );
    Ok(server.psql.ask(guard, &server.url, &sql)? == "1")
}

fn cases(guard: &Guard, server: &Server, size: &Size) -> Result<Vec<Case>> {
    let page = Statement::with_column("participant_count!")?;
    let detail = Statement::with_column("booked_at?")?;
    let url = server.url_of(&size.database);
    let ask = |sql: &str| server.psql.ask_within(guard, &url, sql, AT_MOST);
    let published: u64 = ask("select count(*) from courses where published")?.parse()?;
    let middle = ask("select id from courses order by id offset (select count(*) / 2 from courses) limit 1")?;
    let lately = ask("select max(updated_at) - interval '1 day' from course_participations")?;
    let list = |title, since: &str, offset: u64| Case {
        title,
        statement: page.clone(),
        values: format!("true, null, null, null, null, {since}, 100, {offset}"),
    };
    Ok(vec![
        list("a first page", "null", 0),
        list("a page in the middle", "null", published / 2),
        list("the last page", "null", published.saturating_sub(100)),
        list("what changed in the last day", &format!("'{lately}'"), 0),
        Case {
            title: "one course",
            statement: detail,
            values: format!("'{middle}'"),
        },
    ])
}

impl Statement {
    fn with_column(name: &str) -> Result<Self> {
        let committed = sqlx::committed()?;
        let texts = committed.values();
        let mut statements = texts.filter_map(|text| serde_json::from_str::<Value>(text).ok());
        let has_column = |data: &Value| {
            let columns = data["describe"]["columns"].as_array();
            columns.is_some_and(|columns| columns.iter().any(|column| column["name"] == name))
        };
        let found = statements.find(has_column);
        let found = found.with_context(|| {
            format!("no statement in .sqlx has a column {name}: run `cargo xtask db prepare`")
        })?;
        let types = found["describe"]["parameters"]["Left"].as_array();
        let types: Vec<&str> = types.into_iter().flatten().filter_map(Value::as_str).collect();
        Ok(Self {
            text: found["query"].as_str().unwrap_or_default().to_owned(),
            parameters: types.join(", "),
        })
    }
}

/// The plan of the second run: by then what it reads is in memory, as it is in service.
fn plan(guard: &Guard, server: &Server, size: &Size, case: &Case) -> Result<String> {
    let Statement { text, parameters } = &case.statement;
    let values = &case.values;
    let url = server.url_of(&size.database);
    let sql = format!(
        "prepare statement ({parameters}) as {text};\n\
         create temporary table seen as execute statement ({values});\n\
         explain (analyze, buffers) execute statement ({values});\n"
    );
    server.psql.ask_within(guard, &url, &sql, AT_MOST)
}

/// What a plan read, and how long it took: of its topmost node, which counts all below.
fn figures(plan: &str) -> String {
    let line = |wanted: &str| plan.lines().map(str::trim).find(|line| line.starts_with(wanted));
    let buffers = line("Buffers: ").unwrap_or("Buffers: none");
    let time = line("Execution Time: ").unwrap_or("Execution Time: unknown");
    format!("{time:<32} {buffers}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_topmost_node() {
        let plan = "Sort (…)\n  Buffers: shared hit=7\n  ->  Seq Scan\n    Buffers: shared hit=3\nExecution Time: 1.250 ms";
        assert_eq!(
            figures(plan),
            "Execution Time: 1.250 ms         Buffers: shared hit=7"
        );
    }

    #[test]
    fn the_statements_of_the_server_are_found() {
        let page = Statement::with_column("participant_count!").unwrap();
        assert!(page.text.contains("from courses") && page.parameters.starts_with("Bool, Text, Timestamptz"));
        let detail = Statement::with_column("booked_at?").unwrap();
        assert!(detail.text.contains("left join bookings") && detail.parameters == "Text");
        let error = Statement::with_column("no such").err().unwrap().to_string();
        assert!(error.contains("db prepare"), "{error}");
    }
}
