//! `hemera-api config check`.

use std::process::ExitCode;

use serde_json::json;

use crate::admin::Console;
use crate::config::{Config, Faults, Inputs, Summary};

pub(crate) fn run(inputs: &Inputs, console: &Console, as_json: bool) -> ExitCode {
    let checked = Config::load_with_summary(inputs);
    match (&checked, as_json) {
        (Ok((_, summary)), true) => {
            console.print(json!({ "ok": true, "settings": summary, "notes": notes(summary) }));
        }
        (Ok((_, summary)), false) => print_table(console, summary),
        (Err(faults), true) => console.print(json!({ "ok": false, "faults": faults_as_json(faults) })),
        (Err(faults), false) => console.note(format_args!("error: {faults}")),
    }
    if checked.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn print_table(console: &Console, summary: &Summary) {
    for row in summary.rows() {
        let value = row.value.as_deref().unwrap_or("(not set)");
        let source = row.source.as_deref().unwrap_or("");
        console.print(format_args!("{:<38} {source:<12} {value}", row.name));
    }
    for note in notes(summary) {
        console.print(format_args!("note: {note}"));
    }
    console.print("the configuration is complete");
}

/// What a default refuses that the operator of an installation may rely on.
const REFUSED_BY_DEFAULT: [(&str, &str); 2] = [
    (
        "HEMERA_TOKENS__CLASSES",
        "session tokens are refused; add session to it where Aither has AITHER_TOKEN=session, or where Clerk's plan has no \
         JWT templates",
    ),
    (
        "HEMERA_TOKENS__AUDIENCE",
        "tokens of the JWT template that do not name hemera-api in aud are refused; `hemera-api clerk status` shows what \
         the template names",
    ),
];

fn notes(summary: &Summary) -> Vec<String> {
    let is_default = |name: &str| {
        let mut rows = summary.rows().iter();
        rows.any(|row| row.name == name && row.source.as_deref() == Some("default"))
    };
    REFUSED_BY_DEFAULT
        .into_iter()
        .filter(|(name, _)| is_default(name))
        .map(|(name, refused)| format!("{name} is not set: {refused}"))
        .collect()
}

fn faults_as_json(faults: &Faults) -> serde_json::Value {
    faults
        .iter()
        .map(|fault| json!({ "name": fault.name, "problem": fault.problem }))
        .collect()
}
