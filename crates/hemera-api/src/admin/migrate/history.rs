//! The migrations of this binary, compared with those that the database has had.

use std::collections::BTreeMap;

use hemera_types::Timestamp;
use serde::Serialize;
use sqlx::migrate::Migration;

use crate::database::{AppliedMigration, known_migrations};

/// How a migration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum MigrationState {
    Applied,
    /// This binary has it, and the database does not.
    Pending,
    /// The database has it, and this binary does not: the schema is newer.
    Unknown,
    /// What was applied is not what this binary has under this number.
    Changed,
    /// It began, and its end was not recorded.
    Unfinished,
}

impl MigrationState {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Changed => "changed",
            Self::Unfinished => "unfinished",
        }
    }
}

/// A migration of this binary, of the database, or of both.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MigrationEntry {
    pub(super) version: i64,
    pub(super) description: String,
    pub(super) state: MigrationState,
    /// `None` for one that is pending.
    pub(super) applied_at: Option<Timestamp>,
}

/// All migrations, in their order.
pub(super) fn compare(applied: Vec<AppliedMigration>) -> Vec<MigrationEntry> {
    let known: BTreeMap<i64, &Migration> = known_migrations()
        .map(|migration| (migration.version, migration))
        .collect();
    let pending = known
        .values()
        .filter(|known| !applied.iter().any(|applied| applied.version == known.version))
        .map(|migration| MigrationEntry {
            version: migration.version,
            description: migration.description.to_string(),
            state: MigrationState::Pending,
            applied_at: None,
        });
    let mut entries: Vec<MigrationEntry> = pending.collect();
    entries.extend(applied.into_iter().map(|applied| {
        let state = match known.get(&applied.version) {
            _ if !applied.success => MigrationState::Unfinished,
            None => MigrationState::Unknown,
            Some(known) if *known.checksum != *applied.checksum => MigrationState::Changed,
            Some(_) => MigrationState::Applied,
        };
        MigrationEntry {
            version: applied.version,
            description: applied.description,
            state,
            applied_at: Some(Timestamp::from(applied.installed_on)),
        }
    }));
    entries.sort_by_key(|entry| entry.version);
    entries
}

/// How many are in that state.
pub(super) fn count(entries: &[MigrationEntry], state: MigrationState) -> usize {
    entries.iter().filter(|entry| entry.state == state).count()
}
