//! The table that a person reads, and the document for machines.

use std::time::Duration;

use serde_json::json;

use crate::chaos::outcome::{Outcome, Verdict};

/// Prints all outcomes.
pub(crate) fn print(outcomes: &[Outcome], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let broken: Vec<_> = outcomes.iter().flat_map(broken).collect();
        let scenarios: Vec<_> = outcomes
            .iter()
            .map(|outcome| {
                let mut scenario = serde_json::to_value(outcome)?;
                scenario["verdict"] = json!(in_words(outcome.verdict()));
                Ok(scenario)
            })
            .collect::<Result<_, serde_json::Error>>()?;
        let document = json!({ "scenarios": scenarios, "broken": broken });
        println!("{}", serde_json::to_string_pretty(&document)?);
        return Ok(());
    }
    println!(
        "{:<17} {:>7} {:>8} {:>9} {:>7} {:>6} {:>9} {:>6}  verdict",
        "scenario", "calls", "failures", "longest", "missing", "double", "recovered", "took"
    );
    for outcome in outcomes {
        println!(
            "{:<17} {:>7} {:>8} {:>9} {:>7} {:>6} {:>9} {:>6}  {}",
            outcome.scenario,
            outcome.calls,
            outcome.failures,
            millis(outcome.longest),
            count(outcome.rows_missing),
            count(outcome.rows_double),
            millis(outcome.recovered_after),
            seconds(outcome.took),
            in_words(outcome.verdict()),
        );
    }
    for outcome in outcomes {
        details(outcome);
    }
    Ok(())
}

/// The broken promises of a scenario, each with what was seen.
pub(crate) fn broken(outcome: &Outcome) -> Vec<String> {
    let broken = outcome.findings.iter().filter(|finding| !finding.kept);
    broken
        .map(|finding| format!("{}: {} ({})", outcome.scenario, finding.text, finding.seen))
        .collect()
}

/// Every promise of a scenario, with what was seen of it.
pub(crate) fn details(outcome: &Outcome) {
    println!("\n{}", outcome.scenario);
    for finding in &outcome.findings {
        let mark = if finding.kept { "kept  " } else { "BROKEN" };
        println!("  {mark} {}: {}", finding.text, finding.seen);
    }
    for note in &outcome.notes {
        println!("  note   {note}");
    }
    if let Some(reason) = &outcome.not_run {
        println!("  not run: {reason}");
    }
}

/// A verdict, for a person.
pub(crate) fn in_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "kept",
        Verdict::Broken => "BROKEN",
        Verdict::NotRun => "not run",
    }
}

fn count(rows: Option<usize>) -> String {
    rows.map_or_else(|| "–".to_owned(), |rows| rows.to_string())
}

/// A span in a table.
pub(crate) fn millis(span: Option<Duration>) -> String {
    span.map_or_else(|| "–".to_owned(), |span| format!("{} ms", span.as_millis()))
}

fn seconds(span: Option<Duration>) -> String {
    span.map_or_else(|| "–".to_owned(), |span| format!("{:.0} s", span.as_secs_f64()))
}
