//! Every setting of the server.

use super::section::{EntryTable, Section};
use super::setting::Declared;
use super::{
    audit, clerk, cors, database, environment, http, identity, limits, log, machines, metrics, roles,
    secrets, security, service_keys, tokens,
};

/// Every setting, in the order in which people read about them.
pub(super) static SECTIONS: &[Section] = &[
    Section::of("environment", environment::SETTINGS),
    Section::of("HTTP", http::SETTINGS),
    Section::of("web pages", cors::SETTINGS),
    Section::of("database", database::SETTINGS),
    Section::of("Clerk", clerk::SETTINGS),
    Section::of("tokens", tokens::SETTINGS),
    Section::of("roles", roles::SETTINGS),
    Section::of("service keys", service_keys::SETTINGS).with_table(&service_keys::TABLE),
    Section::of("secrets in files", secrets::SETTINGS),
    Section::of("machines", machines::SETTINGS).with_table(&machines::TABLE),
    Section::of("limits", limits::SETTINGS),
    Section::of("security events", security::SETTINGS),
    Section::of("participants", identity::SETTINGS),
    Section::of("audit trail", audit::SETTINGS),
    Section::of("metrics", metrics::SETTINGS),
    Section::of("log", log::SETTINGS),
];

/// Every setting with a name of its own.
pub(super) fn settings() -> impl Iterator<Item = &'static dyn Declared> {
    SECTIONS
        .iter()
        .flat_map(|section| section.settings.iter().copied())
}

/// Every table of entries whose names are the operator's.
pub(super) fn tables() -> impl Iterator<Item = &'static EntryTable> {
    SECTIONS.iter().filter_map(|section| section.table)
}

/// The table that a path is in, and the field that it names there.
pub(super) fn table_of(path: &str) -> Option<(&'static EntryTable, Option<&'static dyn Declared>)> {
    let (table, rest) = path.split_once('.')?;
    let table = tables().find(|known| known.path == table)?;
    let field = rest.split_once('.').and_then(|(_, name)| table.field(name));
    Some((table, field))
}
