//! Every setting of the server, and what an environment variable means to it.

use super::section::{Section, Table};
use super::setting::{Declared, PREFIX};
use super::{
    clerk, cors, database, http, identity, limits, log, machines, metrics, roles, service_keys, tokens,
};

/// Every setting, in the order in which people read about them.
pub(super) static SECTIONS: &[Section] = &[
    Section::of("HTTP", http::SETTINGS),
    Section::of("web pages", cors::SETTINGS),
    Section::of("database", database::SETTINGS),
    Section::of("Clerk", clerk::SETTINGS),
    Section::of("tokens", tokens::SETTINGS),
    Section::of("roles", roles::SETTINGS),
    Section::of("service keys", &[]).with_table(&service_keys::TABLE),
    Section::of("machines", machines::SETTINGS).with_table(&machines::TABLE),
    Section::of("limits", limits::SETTINGS),
    Section::of("participants", identity::SETTINGS),
    Section::of("metrics", metrics::SETTINGS),
    Section::of("log", log::SETTINGS),
];

/// What an environment variable means to the server.
#[derive(Debug)]
pub(super) enum Meaning {
    /// The setting at this path.
    Setting(String),
    /// It looks like a setting and is none: what is wrong with it.
    Unknown(String),
    /// It is another program's.
    Foreign,
}

/// Every setting with a name of its own.
pub(super) fn settings() -> impl Iterator<Item = &'static dyn Declared> {
    SECTIONS
        .iter()
        .flat_map(|section| section.settings.iter().copied())
}

fn tables() -> impl Iterator<Item = &'static Table> {
    SECTIONS.iter().filter_map(|section| section.table)
}

/// What the environment variable means.
pub(super) fn meaning_of(variable: &str) -> Meaning {
    for setting in settings() {
        let declaration = setting.declaration();
        if declaration.env() == variable {
            return Meaning::Setting(declaration.path.to_owned());
        }
        if declaration.secret && declaration.file_env() == variable {
            return Meaning::Setting(declaration.file_path());
        }
    }
    let Some(rest) = variable.strip_prefix(PREFIX).filter(|rest| rest.contains("__")) else {
        return Meaning::Foreign;
    };
    let path = rest.replace("__", ".").to_lowercase();
    if table_of(&path).is_some_and(|(_, field)| field.is_some()) {
        Meaning::Setting(path)
    } else {
        Meaning::Unknown(unknown(&path))
    }
}

/// Whether a path of the file is a setting.
pub(super) fn is_known(path: &str) -> bool {
    let is_setting = settings().any(|setting| {
        let declaration = setting.declaration();
        declaration.path == path || (declaration.secret && declaration.file_path() == path)
    });
    is_setting || table_of(path).is_some_and(|(_, field)| field.is_some())
}

/// What is wrong with a path that is not a setting.
pub(super) fn unknown(path: &str) -> String {
    match table_of(path) {
        Some((table, _)) => format!(
            "is not a setting of {}; it has {}",
            table.what,
            table.field_names()
        ),
        None => "is not a setting of this server; `hemera-api config list` shows those that are".to_owned(),
    }
}

/// The table that a path is in, and the field that it names there.
fn table_of(path: &str) -> Option<(&'static Table, Option<&'static dyn Declared>)> {
    let (table, rest) = path.split_once('.')?;
    let table = tables().find(|known| known.path == table)?;
    let field = rest.split_once('.').and_then(|(_, name)| table.field(name));
    Some((table, field))
}
