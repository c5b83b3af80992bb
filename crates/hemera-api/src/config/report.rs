//! All faults of a configuration in one report: by name, with what to do, never with a value.

use std::fmt;

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The setting by the name under which it was given, or would have to be.
    pub name: String,
    /// What is wrong and what would be right. Never contains the value.
    pub problem: String,
}

/// Everything that is wrong with the configuration. Never empty when returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, name: impl Into<String>, problem: impl Into<String>) {
        self.0.push(Fault {
            name: name.into(),
            problem: problem.into(),
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn sort(&mut self) {
        self.0.sort_by(|a, b| a.name.cmp(&b.name));
        self.0.dedup();
    }

    /// The faults, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("the configuration has 1 fault:")?,
            n => write!(f, "the configuration has {n} faults:")?,
        }
        for fault in &self.0 {
            write!(f, "\n  {}: {}", fault.name, fault.problem)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
