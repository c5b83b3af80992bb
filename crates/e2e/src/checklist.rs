//! The checklist: what was promised, whether it holds, and how long it took to see.

use std::future::Future;
use std::io::IsTerminal;
use std::time::Duration;

use freshness::{Clock, SystemClock};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// One promise and what came of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    scenario: String,
    title: String,
    passed: bool,
    /// Why it could not be walked here; then it has neither passed nor failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_run: Option<String>,
    millis: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
}

/// The promises walked so far, printed as they are walked.
#[derive(Debug)]
pub(crate) struct Checklist {
    json: bool,
    colour: bool,
    scenario: String,
    entries: Vec<Entry>,
    figures: Map<String, Value>,
}

impl Checklist {
    /// An empty list. With `json`, nothing is printed before [`Checklist::finish`].
    pub(crate) fn new(json: bool) -> Self {
        let colour = std::io::stdout().is_terminal();
        Self {
            json,
            colour,
            scenario: String::new(),
            entries: Vec::new(),
            figures: Map::new(),
        }
    }

    /// Begins a scenario: the steps that follow belong to it.
    pub(crate) fn scenario(&mut self, title: &str) {
        title.clone_into(&mut self.scenario);
        if !self.json {
            println!("\n{title}");
        }
    }

    /// Walks one step and notes what came of it. A failed step does not end the walk: the others
    /// may still show where the fault lies.
    pub(crate) async fn step(&mut self, title: &str, step: impl Future<Output = Result<(), Failure>>) {
        let began = SystemClock.now();
        let outcome = step.await;
        let took = SystemClock.now().since(began);
        self.note(title, took, outcome.err());
    }

    fn note(&mut self, title: &str, took: Duration, failure: Option<Failure>) {
        if !self.json {
            self.print(title, took, failure.as_ref());
        }
        self.entries.push(Entry {
            scenario: self.scenario.clone(),
            title: title.to_owned(),
            passed: failure.is_none(),
            not_run: None,
            millis: took.as_millis(),
            failure,
        });
    }

    /// Notes a step that this machine lacks something for.
    pub(crate) fn not_run(&mut self, title: &str, why: &str) {
        if !self.json {
            println!("  – {title}: not run, {why}");
        }
        self.entries.push(Entry {
            scenario: self.scenario.clone(),
            title: title.to_owned(),
            passed: false,
            not_run: Some(why.to_owned()),
            millis: 0,
            failure: None,
        });
    }

    fn print(&self, title: &str, took: Duration, failure: Option<&Failure>) {
        let (mark, colour) = if failure.is_none() {
            ("✓", "32")
        } else {
            ("✗", "31")
        };
        let mark = if self.colour {
            format!("\u{1b}[{colour}m{mark}\u{1b}[0m")
        } else {
            mark.to_owned()
        };
        println!("  {mark} {title:<66} {:>6} ms", took.as_millis());
        if let Some(failure) = failure {
            print!("{failure}");
        }
    }

    /// The titles of the steps of a scenario, as far as it was walked.
    pub(crate) fn titles_of(&self, scenario: &str) -> Vec<&str> {
        let steps = self.entries.iter().filter(|entry| entry.scenario == scenario);
        steps.map(|entry| entry.title.as_str()).collect()
    }

    /// Prints a text under its heading, for people.
    pub(crate) fn text(&self, heading: &str, text: &str) {
        if self.json {
            return;
        }
        println!("\n  {heading}\n");
        for line in text.lines() {
            println!("    {line}");
        }
        println!();
    }

    /// Notes a figure that was measured on the way; it decides nothing.
    pub(crate) fn figure(&mut self, what: &str, value: Option<u64>, unit: &str) {
        let Some(value) = value else { return };
        if !self.json {
            println!("    {what}: {value} {unit}");
        }
        self.figures.insert(format!("{what} ({unit})"), value.into());
    }

    /// Prints the sum, and says whether every step passed.
    pub(crate) fn finish(&self, took: Duration) -> anyhow::Result<bool> {
        let not_run = self
            .entries
            .iter()
            .filter(|entry| entry.not_run.is_some())
            .count();
        let passed = self.entries.iter().filter(|entry| entry.passed).count();
        let failed = self.entries.len() - passed - not_run;
        if self.json {
            let report = serde_json::json!({
                "passed": passed, "failed": failed, "notRun": not_run, "millis": took.as_millis(), "steps": self.entries, "figures": self.figures,
            });
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            println!("\nwalked in {:.1} s", took.as_secs_f64());
            match not_run {
                0 => println!("{passed} passed, {failed} failed"),
                _ => println!("{passed} passed, {failed} failed, {not_run} not run"),
            }
        }
        Ok(failed == 0 && passed > 0)
    }
}
