//! schemathesis: requests made from the document, good and bad ones, and every answer held against it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::super::table::{Row, mark_of, summary};
use super::server::Running;
use super::{DOCUMENT, Tools};
use crate::process::capture;
use crate::screen::Step;
use crate::signals;
use crate::workspace::root;

const TOOL: &str = "schemathesis";

/// How many requests an operation gets in each phase that invents them.
const QUICK: u32 = 50;
const WHOLE: u32 = 2_000;

/// The same requests at every quick run, on which each submission depends. A whole run has a seed of its own,
/// which its log names.
const SEED: &str = "20260310";

/// What it reports.
#[derive(Debug, Deserialize)]
struct Report {
    complete: bool,
    test_cases: Cases,
    failures: Vec<Failure>,
    errors: Vec<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Cases {
    generated: u64,
}

#[derive(Debug, Deserialize)]
struct Failure {
    code: String,
    title: String,
    operations: Vec<String>,
}

/// The part of the document that says which operations there are.
#[derive(Debug, Deserialize)]
struct Document {
    paths: BTreeMap<String, BTreeMap<String, serde_json::Value>>,
}

/// A row for each operation of the document, and one for the run.
pub(super) fn examine(tools: &Tools<'_>, programs: &Path, server: &Running, quick: bool) -> Result<Vec<Row>> {
    let step = Step::start("schemathesis against a running Hemera");
    let folder = tools.workspace.target.join("conformance");
    let (report, log) = (folder.join("schemathesis.json"), folder.join("schemathesis.log"));
    // The report of an earlier run must not be taken for this one's.
    let _ = std::fs::remove_file(&report);
    let mut command = Command::new(programs.join("schemathesis"));
    command
        .current_dir(&folder)
        .arg("--config-file")
        .arg(root().join("xtask").join("witnesses").join("schemathesis.toml"))
        .arg("run")
        .arg(root().join(DOCUMENT))
        .args(["--url", &server.origin])
        .args(["--header", &format!("Authorization: Bearer {}", server.token)])
        .args(["--max-examples", &examples(quick).to_string()])
        .args(quick.then_some(["--seed", SEED]).into_iter().flatten())
        .args(["--report", "json", "--report-json-path"])
        .arg(&report)
        // Its own log must not be cut, nor coloured.
        .env("NO_COLOR", "1");
    let answer = capture(tools.guard, &mut command)?;
    signals::park_if_interrupted();
    std::fs::write(&log, answer.text())?;

    let hint = format!(
        "requests to repeat, as curl lines: {}; the server's log: {}; again: cargo xtask conformance --only api{}",
        log.display(),
        server.log.display(),
        if quick { " --quick" } else { "" }
    );
    let rows = match std::fs::read(&report) {
        Ok(text) => {
            let report = serde_json::from_slice(&text).context("schemathesis reports something unknown")?;
            judge(&report, answer.status.success(), &operations()?, &hint)
        }
        Err(_) => vec![Row::failed("every operation", TOOL, answer.text())],
    };
    step.end(mark_of(&rows), &summary(&rows));
    Ok(rows)
}

const fn examples(quick: bool) -> u32 {
    if quick { QUICK } else { WHOLE }
}

/// `GET /livez` and so on.
fn operations() -> Result<Vec<String>> {
    let text = std::fs::read(root().join(DOCUMENT)).with_context(|| format!("{DOCUMENT} cannot be read"))?;
    let document: Document =
        serde_json::from_slice(&text).with_context(|| format!("{DOCUMENT} is no document"))?;
    let named = document.paths.iter().flat_map(|(path, methods)| {
        methods
            .keys()
            .map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    Ok(named.collect())
}

fn judge(report: &Report, succeeded: bool, operations: &[String], hint: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = operations
        .iter()
        .map(|operation| {
            let faults: Vec<String> = report
                .failures
                .iter()
                .filter(|failure| failure.operations.contains(operation))
                .map(|failure| format!("{} {}", failure.code, failure.title))
                .collect();
            if faults.is_empty() {
                Row::passed(operation, TOOL)
            } else {
                Row::failed(operation, TOOL, format!("{}\n{hint}", faults.join("\n")))
            }
        })
        .collect();
    // What is found wrong in a chain of calls, or in the run itself, has no operation to stand at.
    let whole = if report.complete && report.errors.is_empty() && (succeeded || !report.failures.is_empty()) {
        Row::passed("all of them", TOOL)
    } else {
        let details = format!("the run did not come to its end in order\n{hint}");
        Row::failed("all of them", TOOL, details)
    };
    rows.push(whole.with_note(format!("{} requests", report.test_cases.generated)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(report: serde_json::Value, succeeded: bool) -> Vec<bool> {
        let report = serde_json::from_value(report).unwrap();
        let operations = ["GET /a".to_owned(), "PUT /b".to_owned()];
        let rows = judge(&report, succeeded, &operations, "again");
        rows.iter().map(Row::is_passed).collect()
    }

    fn report(failures: &serde_json::Value, complete: bool) -> serde_json::Value {
        serde_json::json!({
            "complete": complete, "test_cases": { "generated": 7 }, "failures": failures, "errors": [],
        })
    }

    #[test]
    fn failure_is_reported_at_its_operation() {
        let failure = serde_json::json!([{ "code": "ST202", "title": "rejected", "operations": ["PUT /b"] }]);
        assert_eq!(judged(report(&failure, true), false), [true, false, true]);
    }

    #[test]
    fn run_that_is_incomplete_or_fails_is_a_failure() {
        let none = serde_json::json!([]);
        assert_eq!(judged(report(&none, true), true), [true, true, true]);
        assert_eq!(judged(report(&none, false), true), [true, true, false]);
        assert_eq!(judged(report(&none, true), false), [true, true, false]);
    }
}
