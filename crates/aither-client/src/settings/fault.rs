//! What is wrong with the settings.

use std::fmt;

/// One setting that is missing or wrong. It never holds the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingFault {
    name: &'static str,
    fault: String,
}

impl SettingFault {
    pub(super) fn new(name: &'static str, fault: impl Into<String>) -> Self {
        Self {
            name,
            fault: fault.into(),
        }
    }

    /// The name in the environment.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Display for SettingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.fault)
    }
}

/// Everything that is wrong with the settings, so that it can be mended in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError(pub(super) Vec<SettingFault>);

impl SettingsError {
    /// Each fault, in the order of the settings' documentation.
    pub fn faults(&self) -> &[SettingFault] {
        &self.0
    }
}

/// All faults in one line.
impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { " | " };
            write!(f, "{separator}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsError {}
