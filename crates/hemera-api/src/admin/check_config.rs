//! `hemera-api config check`.

use std::process::ExitCode;

use serde_json::json;

use crate::admin::Console;
use crate::config::{Config, Faults, Inputs, Summary};

pub(crate) fn run(inputs: &Inputs, console: &Console, as_json: bool) -> ExitCode {
    let checked = Config::load_with_summary(inputs);
    match (&checked, as_json) {
        (Ok((_, summary)), true) => console.print(json!({ "ok": true, "settings": summary })),
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
    console.print("the configuration is complete");
}

fn faults_as_json(faults: &Faults) -> serde_json::Value {
    faults
        .iter()
        .map(|fault| json!({ "name": fault.name, "problem": fault.problem }))
        .collect()
}
