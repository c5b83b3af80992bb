//! How a row is written.

use serde::Serialize;

use super::Facts;
use crate::config::environment::Environment;
use crate::config::section::EntryTable;
use crate::config::setting::Declared;

/// What becomes of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It is accepted without a word.
    Fine,
    /// It is accepted, with a warning of `config check` and `serve`.
    Warned,
    /// The server does not start, and `config check` fails.
    Refused,
}

/// What becomes of a setting in each environment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    development: Level,
    staging: Level,
    production: Level,
}

impl Levels {
    pub(super) const fn of(self, environment: Environment) -> Level {
        match environment {
            Environment::Development => self.development,
            Environment::Staging => self.staging,
            Environment::Production => self.production,
        }
    }

    const fn outside_development(level: Level) -> Self {
        Self {
            development: Level::Fine,
            staging: level,
            production: level,
        }
    }

    const fn everywhere(level: Level) -> Self {
        Self {
            development: level,
            staging: level,
            production: level,
        }
    }
}

/// Whether what a row describes is there; `None` where the section has a fault of its own.
pub(super) type Finder = fn(&Facts<'_>) -> Option<bool>;
/// The entries of a table that have what a row describes.
pub(super) type EntryFinder = fn(&Facts<'_>) -> Option<Vec<String>>;

/// Where a row looks.
#[derive(Clone, Copy)]
pub(super) enum Look {
    /// At a setting, which is the one that messages name.
    AtSetting(&'static dyn Declared, Finder),
    /// At a field of the entries of a table.
    AtEntries(&'static EntryTable, &'static dyn Declared, EntryFinder),
    /// The setting's own file has refused it already.
    WhereItIsRead(&'static dyn Declared),
    /// There is nothing to find in these settings.
    Nowhere(&'static [&'static dyn Declared]),
}

/// One row.
pub(super) struct Judgement {
    pub(super) look: Look,
    /// What is unsafe or doubtful, after the setting's name.
    pub(super) problem: &'static str,
    /// What to do; of a row that finds nothing, why there is nothing to find.
    pub(super) remedy: &'static str,
    pub(super) levels: Levels,
}

impl Judgement {
    /// Another level in staging.
    pub(super) const fn in_staging(mut self, level: Level) -> Self {
        self.levels.staging = level;
        self
    }

    /// A level of its own for each environment.
    pub(super) const fn in_each(mut self, development: Level, staging: Level, production: Level) -> Self {
        self.levels = Levels {
            development,
            staging,
            production,
        };
        self
    }
}

/// Refused in staging and production.
pub(super) const fn refused(
    setting: &'static dyn Declared,
    problem: &'static str,
    remedy: &'static str,
    found: Finder,
) -> Judgement {
    Judgement {
        look: Look::AtSetting(setting, found),
        problem,
        remedy,
        levels: Levels::outside_development(Level::Refused),
    }
}

/// Warned of in staging and production.
pub(super) const fn warned(
    setting: &'static dyn Declared,
    problem: &'static str,
    remedy: &'static str,
    found: Finder,
) -> Judgement {
    Judgement {
        look: Look::AtSetting(setting, found),
        problem,
        remedy,
        levels: Levels::outside_development(Level::Warned),
    }
}

/// The same for a field of entries.
pub(super) const fn warned_entries(
    table: &'static EntryTable,
    field: &'static dyn Declared,
    problem: &'static str,
    remedy: &'static str,
    found: EntryFinder,
) -> Judgement {
    Judgement {
        look: Look::AtEntries(table, field, found),
        problem,
        remedy,
        levels: Levels::outside_development(Level::Warned),
    }
}

/// Refused in every environment, where the setting is read.
pub(super) const fn always_refused(
    setting: &'static dyn Declared,
    problem: &'static str,
    remedy: &'static str,
) -> Judgement {
    Judgement {
        look: Look::WhereItIsRead(setting),
        problem,
        remedy,
        levels: Levels::everywhere(Level::Refused),
    }
}

/// Settings without an unsafe value, and why.
pub(super) const fn fine(settings: &'static [&'static dyn Declared], why: &'static str) -> Judgement {
    Judgement {
        look: Look::Nowhere(settings),
        problem: "",
        remedy: why,
        levels: Levels::everywhere(Level::Fine),
    }
}
