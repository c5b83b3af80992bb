//! Reading settings by name, and collecting their faults.

use std::ffi::OsString;
use std::fmt::Display;

use secrecy::SecretString;

use super::fault::{SettingFault, SettingsError};

/// Settings by name, and the faults of those that were read.
pub(super) struct Environment<'a> {
    lookup: &'a dyn Fn(&str) -> Option<OsString>,
    faults: Vec<SettingFault>,
}

impl<'a> Environment<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<OsString>) -> Self {
        Self {
            lookup,
            faults: Vec::new(),
        }
    }

    /// A value without surrounding blanks; `None` if it is missing or empty.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.look_up(name, name)
    }

    pub(super) fn optional<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(name)?;
        self.accept(name, parse(&text))
    }

    pub(super) fn required<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let Some(text) = self.text(name) else {
            return self.missing(name);
        };
        self.accept(name, parse(&text))
    }

    /// One of the choices, each with its value in the settings; the first if none is set.
    pub(super) fn one_of<T: Clone>(&mut self, name: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let choice = match self.text(name) {
            None => choices.first(),
            Some(text) => choices.iter().find(|(value, _)| *value == text),
        };
        if choice.is_none() {
            let values: Vec<&str> = choices.iter().map(|(value, _)| *value).collect();
            self.fault(name, format!("must be {}", any_of(&values)));
        }
        choice.map(|(_, choice)| choice.clone())
    }

    /// A secret, given as the value or in the file that `<name>_FILE` names, but not both.
    pub(super) fn secret<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&SecretString) -> Result<T, E>,
    ) -> Option<T> {
        let faults = self.faults.len();
        let read = self.optional_secret(name, parse);
        if read.is_none() && self.faults.len() == faults {
            return self.missing(name);
        }
        read
    }

    /// Like [`secret`](Self::secret), for one that may be missing.
    pub(super) fn optional_secret<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&SecretString) -> Result<T, E>,
    ) -> Option<T> {
        let file = format!("{name}_FILE");
        let text = match (self.look_up(name, name), self.look_up(name, &file)) {
            (Some(_), Some(_)) => {
                self.fault(name, format!("is set, and so is {file}; set one of them"));
                return None;
            }
            (Some(text), None) => SecretString::from(text),
            (None, Some(path)) => match std::fs::read_to_string(path) {
                Ok(text) => SecretString::from(text.trim()),
                Err(error) => {
                    self.fault(
                        name,
                        format!("cannot be read from the file that {file} names: {}", error.kind()),
                    );
                    return None;
                }
            },
            (None, None) => return None,
        };
        self.accept(name, parse(&text))
    }

    pub(super) fn accept<T, E: Display>(&mut self, name: &'static str, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.fault(name, error.to_string())).ok()
    }

    pub(super) fn number_of_faults(&self) -> usize {
        self.faults.len()
    }

    pub(super) fn fault(&mut self, name: &'static str, fault: impl Into<String>) {
        self.faults.push(SettingFault::new(name, fault));
    }

    /// `value`, unless there were faults.
    pub(super) fn finish<T>(self, value: T) -> Result<T, SettingsError> {
        if self.faults.is_empty() {
            Ok(value)
        } else {
            Err(self.into_error())
        }
    }

    pub(super) fn into_error(self) -> SettingsError {
        SettingsError(self.faults)
    }

    fn look_up(&mut self, name: &'static str, key: &str) -> Option<String> {
        let Ok(text) = (self.lookup)(key)?.into_string() else {
            self.fault(name, "is not UTF-8 text; set it again");
            return None;
        };
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn missing<T>(&mut self, name: &'static str) -> Option<T> {
        self.fault(name, "is missing; set it");
        None
    }
}

/// `ticket, enrolled or machine`
fn any_of(words: &[&str]) -> String {
    match words {
        [head @ .., last] if !head.is_empty() => format!("{} or {last}", head.join(", ")),
        words => words.concat(),
    }
}
