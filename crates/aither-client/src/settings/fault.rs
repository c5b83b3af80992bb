//! The faults of the settings.

use std::fmt;

/// A setting that is missing or wrong. It never contains the value.
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

    /// The name of the environment variable.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Display for SettingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.fault)
    }
}

/// All faults of the settings, so that they can be fixed together.
///
/// `Display`, and `Debug` without `#`, are one line with all of them.
#[derive(Clone, PartialEq, Eq)]
pub struct SettingsError(pub(super) Vec<SettingFault>);

impl SettingsError {
    /// The faults, in the order of the settings' documentation.
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

/// As `Display`, so that a `main` that returns it prints a line for people; `{:#?}` shows the structure.
impl fmt::Debug for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            f.debug_tuple("SettingsError").field(&self.0).finish()
        } else {
            fmt::Display::fmt(self, f)
        }
    }
}

impl std::error::Error for SettingsError {}
