//! The result: operation, tool, verdict.

use std::fmt;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::Verdict;
use crate::screen::{Mark, say};
use crate::stopwatch::Stopwatch;

/// What a tool found about an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum RowOutcome {
    #[serde(rename = "passed")]
    Passed,
    #[serde(rename = "failed")]
    Failed,
    /// Nothing, for want of what it needs.
    #[serde(rename = "not run")]
    NotRun,
}

impl RowOutcome {
    fn mark(self) -> Mark {
        match self {
            Self::Passed => Mark::Good,
            Self::Failed => Mark::Bad,
            Self::NotRun => Mark::Skipped,
        }
    }
}

impl fmt::Display for RowOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotRun => "not run",
        })
    }
}

/// One line of the table, as the checks print it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Row {
    operation: String,
    #[serde(rename = "witness")]
    tool: String,
    verdict: RowOutcome,
    /// In one line: how often, where, with what limits.
    note: String,
    /// What is wrong, one fault a line.
    details: String,
}

impl Row {
    pub(super) fn passed(operation: &str, tool: &str) -> Self {
        Self::new(operation, tool, RowOutcome::Passed, String::new())
    }

    pub(super) fn failed(operation: &str, tool: &str, details: String) -> Self {
        Self::new(operation, tool, RowOutcome::Failed, details)
    }

    /// The same with a remark in one line.
    pub(super) fn with_note(mut self, note: String) -> Self {
        self.note = note;
        self
    }

    pub(super) fn is_passed(&self) -> bool {
        self.verdict == RowOutcome::Passed
    }

    fn new(operation: &str, tool: &str, verdict: RowOutcome, details: String) -> Self {
        Self {
            operation: operation.to_owned(),
            tool: tool.to_owned(),
            verdict,
            note: String::new(),
            details,
        }
    }
}

/// All rows, in the order in which they came.
#[derive(Debug)]
pub(super) struct Table(Vec<Row>);

impl Table {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn extend(&mut self, rows: Vec<Row>) {
        self.0.extend(rows);
    }

    /// For a person, or as JSON on standard output.
    pub(super) fn show(&self, json: bool, watch: Stopwatch) -> Result<()> {
        if json {
            println!("{}", serde_json::to_string_pretty(&self.0)?);
        } else {
            let width = |text: fn(&Row) -> &str| {
                let lengths = self.0.iter().map(|row| text(row).chars().count());
                lengths.max().unwrap_or_default()
            };
            let (operations, tools) = (width(|row| &row.operation), width(|row| &row.tool));
            for row in &self.0 {
                let Row {
                    operation,
                    tool,
                    verdict,
                    note,
                    details,
                } = row;
                let sign = verdict.mark().sign();
                say(format!("{sign} {operation:operations$}  {tool:tools$}  {verdict:7}  {note}").trim_end());
                for fault in details.lines() {
                    say(&format!("    {fault}"));
                }
            }
        }
        say(&format!("{} ({watch})", summary(&self.0)));
        Ok(())
    }

    /// Good if no tool found a fault, and if all have run where that is demanded.
    pub(super) fn verdict(&self, all_must_run: bool) -> Verdict {
        let spoils = |row: &Row| match row.verdict {
            RowOutcome::Passed => false,
            RowOutcome::Failed => true,
            RowOutcome::NotRun => all_must_run,
        };
        if self.0.is_empty() || self.0.iter().any(spoils) {
            Verdict::Bad
        } else {
            Verdict::Good
        }
    }
}

/// The worst of them, as a sign.
pub(super) fn mark_of(rows: &[Row]) -> Mark {
    [RowOutcome::Failed, RowOutcome::NotRun]
        .into_iter()
        .find(|finding| rows.iter().any(|row| row.verdict == *finding))
        .map_or(Mark::Good, RowOutcome::mark)
}

/// In one line, with the reason of what did not run.
pub(super) fn summary(rows: &[Row]) -> String {
    let count = |finding| rows.iter().filter(|row| row.verdict == finding).count();
    let mut said = format!("{} of {} passed", count(RowOutcome::Passed), rows.len());
    let failed = count(RowOutcome::Failed);
    if failed > 0 {
        said = format!("{said}, {failed} failed");
    }
    for row in rows.iter().filter(|row| row.verdict == RowOutcome::NotRun) {
        said = format!("{said}; not run: {}", row.note);
    }
    said
}
