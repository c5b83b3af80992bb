//! The result of an examination, for people and for programs.

use std::fmt;

use serde::Serialize;

use crate::error::Error;
use crate::token::TokenUnavailable;

/// For an error that has no remedy of its own.
const DEFAULT_REMEDY: &str = "fix this and run the doctor again";

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything is as it should be.
    Passed,
    /// It works, but something should be looked at.
    Warned,
    /// Aither cannot work with this.
    Failed,
    /// Not checked, because an earlier check failed.
    Skipped,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// The name of the check, which stays the same between versions.
    pub name: &'static str,
    /// The result.
    pub verdict: Verdict,
    /// What was found, in one line. Never contains a secret.
    pub found: String,
    /// What to do about it, in one line; `None` if nothing needs to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// All checks, in the order in which to fix their faults.
///
/// `Display` is for people: one line for each check, and the remedy below a check that did not pass. As JSON it is
/// `{"checks": [{"name", "verdict", "found", "remedy"}]}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether no check failed.
    pub fn is_healthy(&self) -> bool {
        let failed = |check: &Check| check.verdict == Verdict::Failed;
        !self.checks.iter().any(failed)
    }

    /// The first check with this name.
    pub fn check(&self, name: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.name == name)
    }

    pub(super) fn passed(&mut self, name: &'static str, found: impl Into<String>) {
        self.note(name, Verdict::Passed, found, None);
    }

    pub(super) fn warned(&mut self, name: &'static str, found: impl Into<String>, remedy: impl Into<String>) {
        self.note(name, Verdict::Warned, found, Some(remedy.into()));
    }

    pub(super) fn failed(&mut self, name: &'static str, found: impl Into<String>, remedy: impl Into<String>) {
        self.note(name, Verdict::Failed, found, Some(remedy.into()));
    }

    /// An error of Clerk's.
    pub(super) fn failed_at_clerk(&mut self, name: &'static str, error: &clerk::Error) {
        self.failed(name, error.summary(), error.remedy());
    }

    /// No token could be obtained.
    pub(super) fn failed_without_token(&mut self, name: &'static str, unavailable: &TokenUnavailable) {
        let remedy = unavailable.remedy();
        self.failed(
            name,
            unavailable.summary(),
            remedy.unwrap_or(DEFAULT_REMEDY.into()),
        );
    }

    /// An error of this client.
    pub(super) fn failed_with(&mut self, name: &'static str, error: &Error) {
        let found = match error.request() {
            Some(request) => format!("{} ({request})", error.summary()),
            None => error.summary(),
        };
        self.failed(name, found, error.advice());
    }

    pub(super) fn skipped(&mut self, name: &'static str, found: impl Into<String>) {
        self.note(name, Verdict::Skipped, found, None);
    }

    fn note(
        &mut self,
        name: &'static str,
        verdict: Verdict,
        found: impl Into<String>,
        remedy: Option<String>,
    ) {
        let found = found.into();
        self.checks.push(Check {
            name,
            verdict,
            found,
            remedy,
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            let mark = match check.verdict {
                Verdict::Passed => '✓',
                Verdict::Warned => '!',
                Verdict::Failed => '✗',
                Verdict::Skipped => '–',
            };
            writeln!(f, "{mark} {:<14} {}", check.name, check.found)?;
            if let Some(remedy) = &check.remedy {
                writeln!(f, "  {:<14} → {remedy}", "")?;
            }
        }
        Ok(())
    }
}
