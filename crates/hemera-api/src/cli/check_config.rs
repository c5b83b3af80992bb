//! `hemera-api config check`.

use std::process::ExitCode;

use freshness::SystemClock;
use serde_json::json;
use textwrap::{Options, WordSplitter};

use crate::admin::Console;
use crate::config::{Config, Faults, Inputs, SettingOrigin, Summary, Warning};
use crate::http::tls;

pub(super) fn run(inputs: &Inputs, console: &Console, as_json: bool) -> ExitCode {
    let checked = Config::load_with_summary(inputs).and_then(|(config, summary)| {
        // The certificate's files are no settings, and just as able to prevent a start.
        let tls = config.http.tls.as_ref();
        let usable = tls.map(|files| tls::load(files).and_then(|_| tls::check_dates(files, &SystemClock)));
        match usable.transpose() {
            Ok(_) => Ok((config, summary)),
            Err(error) => Err(Faults::one(error.setting(), error.to_string())),
        }
    });
    match (&checked, as_json) {
        (Ok((config, summary)), true) => {
            console.print(json!({
                "ok": true,
                "environment": config.environment.as_str(),
                "settings": summary,
                "warnings": config.warnings,
                "notes": notes(summary),
            }));
        }
        (Ok((config, summary)), false) => print_table(console, config, summary),
        (Err(faults), true) => console.print(json!({ "ok": false, "faults": faults_as_json(faults) })),
        (Err(faults), false) => console.note(format_args!("error: {faults}")),
    }
    if checked.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The columns of a line, whatever the terminal: the widest name, the widest source, and most values.
const WIDTH: usize = 100;
/// Where sources and values begin.
const SOURCE: usize = 44;
const VALUE: usize = SOURCE + 13;

fn print_table(console: &Console, config: &Config, summary: &Summary) {
    for section in summary.sections() {
        console.print(format_args!("{}", section.title));
        for row in &section.settings {
            console.print(line(row));
        }
    }
    console.print("");
    for Warning {
        name,
        problem,
        remedy,
    } in &config.warnings
    {
        console.print_wrapped("warning: ", "  ", &format!("{name} {problem}: {remedy}"));
    }
    for note in notes(summary) {
        console.print_wrapped("note: ", "  ", &note);
    }
    let warnings = match config.warnings.len() {
        0 => "no warnings".to_owned(),
        1 => "1 warning".to_owned(),
        n => format!("{n} warnings"),
    };
    let environment = config.environment;
    console.print(format_args!(
        "the configuration is complete, for {environment}, with {warnings}"
    ));
}

/// A setting in lines of at most [`WIDTH`] columns, whatever its value.
fn line(row: &SettingOrigin) -> String {
    let name = &row.name;
    let (source, value) = match row.source {
        Some(source) => (source.as_str(), row.value.as_deref().unwrap_or("(hidden)")),
        None => ("", "(not set)"),
    };
    let value = match &row.file {
        Some(file) => format!("{value} in {file}"),
        None => value.replace(char::is_control, "\u{fffd}"),
    };
    let first = format!("  {name:<width$}{source:<13}", width = SOURCE - 2);
    let rest = " ".repeat(VALUE);
    let options = Options::new(WIDTH)
        .initial_indent(&first)
        .subsequent_indent(&rest)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(&value, options)
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
    REFUSED_BY_DEFAULT
        .into_iter()
        .filter(|(name, _)| summary.is_default(name))
        .map(|(name, refused)| format!("{name} is not set: {refused}"))
        .collect()
}

fn faults_as_json(faults: &Faults) -> serde_json::Value {
    faults
        .iter()
        .map(|fault| json!({ "name": fault.name, "problem": fault.problem }))
        .collect()
}
