//! What an examination found, for people and for programs.

use std::fmt;

use serde::Serialize;

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Passed,
    /// Works today; worth a look.
    Warned,
    /// Aither cannot work like this.
    Failed,
    /// Not examined, because something before it failed.
    Skipped,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// What was looked at: a name that stays.
    pub name: &'static str,
    /// What came of it.
    pub verdict: Verdict,
    /// What was found, in one line. Never a secret.
    pub found: String,
    /// What to do about it, in one line; nothing where nothing needs to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// Everything that was looked at, in the order in which to mend it.
///
/// `Display` is for people: a line each, and the remedy below what is not as it should be. As JSON it is
/// `{"checks": [{"name", "verdict", "found", "remedy"}]}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether nothing failed.
    pub fn is_healthy(&self) -> bool {
        let failed = |check: &Check| check.verdict == Verdict::Failed;
        !self.checks.iter().any(failed)
    }

    /// The check of this name.
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

    /// An error that knows what to do about it.
    pub(super) fn refused_by_clerk(&mut self, name: &'static str, error: &clerk::Error) {
        self.failed(name, error.summary(), error.remedy());
    }

    /// An error whose text ends with what to do, after the separator.
    pub(super) fn refused(&mut self, name: &'static str, error: &str, separator: &str) {
        let (found, remedy) = error
            .split_once(separator)
            .unwrap_or((error, "mend that, and examine again"));
        self.failed(name, found, remedy);
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
