//! What came of a scenario: figures, and each promise with what was seen of it.

use std::time::Duration;

use serde::Serialize;

use crate::chaos::ledger::Balance;
use crate::chaos::load::Tally;
use crate::chaos::promise::Promise;

/// A promise and what was seen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finding {
    pub(crate) promise: Promise,
    pub(crate) text: &'static str,
    pub(crate) kept: bool,
    pub(crate) seen: String,
}

/// What came of one scenario.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    pub(crate) scenario: String,
    /// Calls of Aither's, each with all its attempts.
    pub(crate) calls: usize,
    pub(crate) failures: usize,
    #[serde(serialize_with = "millis")]
    pub(crate) longest: Option<Duration>,
    /// Nothing where the scenario compares no rows.
    pub(crate) rows_missing: Option<usize>,
    pub(crate) rows_double: Option<usize>,
    /// From the end of the fault (or its begin, where new connections work) to the first success.
    #[serde(serialize_with = "millis")]
    pub(crate) recovered_after: Option<Duration>,
    #[serde(serialize_with = "millis")]
    pub(crate) took: Option<Duration>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) notes: Vec<String>,
    /// Why nothing, or not all of it, could be tried. Such a scenario has not passed.
    pub(crate) not_run: Option<String>,
    /// Whether that is an error, and not what this machine lacks.
    pub(crate) is_error: bool,
}

/// The verdict on a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Kept,
    Broken,
    NotRun,
}

impl Outcome {
    /// Notes whether a promise was kept, and what was seen. A promise that a scenario tries several times is listed once
    /// for each.
    pub(crate) fn hold(&mut self, promise: Promise, kept: bool, seen: impl Into<String>) {
        self.findings.push(Finding {
            promise,
            text: promise.text(),
            kept,
            seen: seen.into(),
        });
    }

    /// Adds the calls of a load.
    pub(crate) fn count(&mut self, tally: &Tally) {
        self.calls += tally.calls();
        self.failures += tally.failures();
        self.longest = self.longest.max(Some(tally.longest()));
    }

    /// Adds a comparison of rows, and holds the two promises about them.
    pub(crate) fn rows(&mut self, balance: &Balance) {
        // Each comparison is over all that there was so far.
        self.rows_missing = self.rows_missing.max(Some(balance.missing));
        self.rows_double = self.rows_double.max(Some(balance.double));
        self.hold(
            Promise::RowsExact,
            balance.missing == 0 && balance.double == 0,
            format!(
                "{} answers, {} missing, {} double{}",
                balance.answers, balance.missing, balance.double, balance.allowed
            ),
        );
        self.hold(
            Promise::ResultsKept,
            balance.wrong_results.is_empty(),
            format!(
                "{} results compared{}",
                balance.results,
                balance
                    .wrong_results
                    .first()
                    .map(|first| format!("; {first}"))
                    .unwrap_or_default()
            ),
        );
    }

    /// Holds that no call of a load has failed.
    pub(crate) fn no_failures(&mut self, promise: Promise, tally: &Tally) {
        self.hold(
            promise,
            tally.failures() == 0 && tally.calls() > 0,
            tally.sentence(),
        );
    }

    /// Notes how long the recovery took; of several, the longest.
    pub(crate) fn recovered(&mut self, after: Duration) {
        self.recovered_after = self.recovered_after.max(Some(after));
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Whether all was kept. A promise is broken also where something else could not be tried.
    pub(crate) fn verdict(&self) -> Verdict {
        if self.findings.iter().any(|finding| !finding.kept) {
            Verdict::Broken
        } else if self.not_run.is_some() || self.findings.is_empty() {
            Verdict::NotRun
        } else {
            Verdict::Kept
        }
    }
}

/// A span as a whole number of milliseconds.
#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
pub(crate) fn millis<S: serde::Serializer>(
    span: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    span.map(|span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
        .serialize(serializer)
}
