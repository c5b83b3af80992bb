//! Promises with a bound, and what was measured: a table for people, a document for machines.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};

/// A promise, its bound, and what was seen of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Held {
    promise: String,
    bound: String,
    measured: String,
    kept: bool,
}

/// What a task held, and what it measured besides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Protocol {
    promises: Vec<Held>,
    figures: Map<String, Value>,
    texts: Vec<(String, Vec<String>)>,
    as_json: bool,
}

impl Protocol {
    /// An empty one. With `as_json`, nothing is printed before [`Protocol::print`].
    pub(crate) fn new(as_json: bool) -> Self {
        Self {
            as_json,
            ..Self::default()
        }
    }

    /// Says on standard error what is being tried.
    pub(crate) fn step(&self, what: &str) {
        if !self.as_json {
            eprintln!("… {what}");
        }
    }

    /// Notes whether a promise was kept.
    pub(crate) fn hold(&mut self, promise: &str, bound: &str, measured: impl Into<String>, kept: bool) {
        self.promises.push(Held {
            promise: promise.to_owned(),
            bound: bound.to_owned(),
            measured: measured.into(),
            kept,
        });
    }

    /// Notes whether something took no longer than its bound.
    pub(crate) fn within(&mut self, promise: &str, bound: Duration, measured: Duration) {
        self.hold(promise, &seconds(bound), seconds(measured), measured <= bound);
    }

    /// Notes a figure; it decides nothing.
    pub(crate) fn figure(&mut self, what: &str, value: impl Into<Value>) {
        self.figures.insert(what.to_owned(), value.into());
    }

    /// Notes lines that belong under one heading.
    pub(crate) fn text(&mut self, heading: &str, lines: Vec<String>) {
        self.texts.push((heading.to_owned(), lines));
    }

    /// Notes what was lost: in short for people, and as a whole for machines.
    pub(crate) fn lost(&mut self, short: &[String], whole: &[String]) {
        let lines = if self.as_json { whole } else { short };
        self.text("what was lost, for the auditor", lines.to_vec());
    }

    /// Whether each promise was kept, and there was one.
    pub(crate) fn is_kept(&self) -> bool {
        !self.promises.is_empty() && self.promises.iter().all(|promise| promise.kept)
    }

    /// Prints all of it.
    pub(crate) fn print(&self) -> anyhow::Result<()> {
        if self.as_json {
            let texts: Map<String, Value> = self
                .texts
                .iter()
                .map(|(heading, lines)| (heading.clone(), json!(lines)))
                .collect();
            let document = json!({
                "kept": self.is_kept(), "promises": self.promises, "figures": self.figures, "texts": texts,
            });
            println!("{}", serde_json::to_string_pretty(&document)?);
            return Ok(());
        }
        let width = self
            .promises
            .iter()
            .map(|promise| promise.promise.chars().count())
            .max()
            .unwrap_or(7);
        let bounds = self
            .promises
            .iter()
            .map(|promise| promise.bound.chars().count())
            .max()
            .unwrap_or(5);
        println!("  {:width$}  {:bounds$}  measured", "promise", "bound");
        for promise in &self.promises {
            let mark = if promise.kept { "✓" } else { "✗" };
            println!(
                "{mark} {:width$}  {:bounds$}  {}",
                promise.promise, promise.bound, promise.measured
            );
        }
        println!();
        for (what, value) in &self.figures {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            println!("  {what}: {value}");
        }
        for (heading, lines) in &self.texts {
            println!("\n{heading}");
            for line in lines {
                println!("  {line}");
            }
        }
        Ok(())
    }
}

/// A time in seconds, with a digit after the point.
pub(crate) fn seconds(span: Duration) -> String {
    format!("{:.1} s", span.as_secs_f64())
}
