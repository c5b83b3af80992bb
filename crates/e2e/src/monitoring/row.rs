//! A row of the table of checks.

use std::time::Duration;

use serde::Serialize;

/// A check and what it found.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    check: &'static str,
    verdict: &'static str,
    seconds: f64,
    note: String,
    wrong: Vec<String>,
}

impl Row {
    /// A check that has passed where nothing is `wrong`.
    pub(super) fn new(check: &'static str, took: Duration, note: String, wrong: Vec<String>) -> Self {
        Self {
            check,
            verdict: if wrong.is_empty() { "passed" } else { "failed" },
            seconds: took.as_secs_f64(),
            note,
            wrong,
        }
    }

    pub(super) fn is_good(&self) -> bool {
        self.wrong.is_empty()
    }
}
