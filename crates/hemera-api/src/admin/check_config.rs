//! `hemera-api config check`.

use std::process::ExitCode;

use serde_json::json;

use crate::config::{Config, Faults, Inputs, Summary};

pub(crate) fn run(inputs: &Inputs, as_json: bool) -> ExitCode {
    let checked = Config::load_with_summary(inputs);
    match (&checked, as_json) {
        (Ok((_, summary)), true) => println!("{}", json!({ "ok": true, "settings": summary })),
        (Ok((_, summary)), false) => print_table(summary),
        (Err(faults), true) => println!("{}", json!({ "ok": false, "faults": faults_as_json(faults) })),
        (Err(faults), false) => eprintln!("error: {faults}"),
    }
    if checked.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn print_table(summary: &Summary) {
    for row in summary.rows() {
        let value = row.value.as_deref().unwrap_or("(not set)");
        let source = row.source.as_deref().unwrap_or("");
        println!("{:<38} {source:<12} {value}", row.name);
    }
    println!("the configuration is complete");
}

fn faults_as_json(faults: &Faults) -> serde_json::Value {
    faults
        .iter()
        .map(|fault| json!({ "name": fault.name, "problem": fault.problem }))
        .collect()
}
