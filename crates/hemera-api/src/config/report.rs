//! All faults of a configuration in one report: by name, with what to do, never with a value.

use std::fmt;

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The setting by the name under which it was given, or would have to be.
    pub name: String,
    /// What is wrong and what would be right. Never contains the value.
    pub problem: String,
}

impl Fault {
    pub(super) fn new(name: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            problem: problem.into(),
        }
    }
}

/// Everything that is wrong with the configuration: at least one fault, sorted by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    first: Fault,
    rest: Vec<Fault>,
}

impl Faults {
    /// The faults, or `None` where there are none.
    pub(super) fn of(mut faults: Vec<Fault>) -> Option<Self> {
        faults.sort();
        faults.dedup();
        let mut faults = faults.into_iter();
        let first = faults.next()?;
        Some(Self {
            first,
            rest: faults.collect(),
        })
    }

    /// All of them in one line, for the log.
    pub(crate) fn in_one_line(&self) -> String {
        let faults = self
            .iter()
            .map(|fault| format!("{}: {}", fault.name, fault.problem));
        faults.collect::<Vec<_>>().join("; ")
    }

    /// A fault that the settings alone do not show.
    pub(crate) fn one(name: impl Into<String>, problem: impl Into<String>) -> Self {
        Fault::new(name, problem).into()
    }

    /// The faults, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        std::iter::once(&self.first).chain(&self.rest)
    }
}

impl From<Fault> for Faults {
    fn from(first: Fault) -> Self {
        let rest = Vec::new();
        Self { first, rest }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match 1 + self.rest.len() {
            1 => f.write_str("the configuration has 1 fault:")?,
            n => write!(f, "the configuration has {n} faults:")?,
        }
        for fault in self.iter() {
            write!(f, "\n  {}: {}", fault.name, fault.problem)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
