//! Which settings are unsafe in which environment: refused, warned of, or fine.
//!
//! Every setting has a row here, and `docs/environments.md` shows the rows. What is unsafe by itself is refused where the
//! setting is read, in every environment; what is unsafe in some environments is found here.

mod callers;
mod facts;
mod http;
mod judgement;
mod listing;
mod records;
mod storage;

pub use self::judgement::Level;
pub use self::listing::{ListedJudgement, judgements};

pub(super) use self::facts::Facts;

use serde::Serialize;

use self::judgement::{Judgement, Look};
use super::section::EntryTable;
use super::service_keys::FILE;
use super::setting::Declared;
use super::source::Source;

/// A setting that the environment does not refuse, and that the operator should know of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The setting, by the name under which it was given or would have to be.
    pub name: String,
    /// What is doubtful about it.
    pub problem: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// What the rules found.
#[derive(Debug, Default)]
pub(super) struct JudgedSettings {
    /// Names and problems of settings that the environment refuses.
    pub(super) refused: Vec<(String, String)>,
    /// The settings that it only warns of.
    pub(super) warnings: Vec<Warning>,
}

/// All rows, in the order of the settings' list.
fn rows() -> impl Iterator<Item = &'static Judgement> {
    [
        http::ROWS,
        storage::DATABASE,
        callers::ROWS,
        storage::LIMITS,
        records::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// Judges the settings by the rules of their environment.
pub(super) fn judge(facts: &Facts<'_>) -> JudgedSettings {
    let source = facts.source;
    let mut findings = JudgedSettings::default();
    for row in rows() {
        let level = row.levels.of(facts.environment);
        if level == Level::Fine {
            continue;
        }
        for name in names_found(row, source, facts) {
            match level {
                Level::Fine => {}
                Level::Warned => findings.warnings.push(Warning {
                    name,
                    problem: row.problem,
                    remedy: row.remedy,
                }),
                Level::Refused => {
                    let environment = facts.environment.shown(source);
                    let problem = format!("{}, which {environment} refuses: {}", row.problem, row.remedy);
                    findings.refused.push((name, problem));
                }
            }
        }
    }
    findings
}

fn names_found(row: &Judgement, source: &Source, facts: &Facts<'_>) -> Vec<String> {
    match row.look {
        Look::AtSetting(setting, found) => {
            let is_found = found(facts).unwrap_or(false);
            is_found
                .then(|| source.name_of(setting, None))
                .into_iter()
                .collect()
        }
        Look::AtEntries(table, field, found) => found(facts)
            .unwrap_or_default()
            .into_iter()
            .map(|entry| name_in_table(source, table, field, &entry))
            .collect(),
        Look::WhereItIsRead(_) | Look::Nowhere(_) => Vec::new(),
    }
}

/// The name of a field of an entry, which the settings have, or a file of entries that they name.
fn name_in_table(source: &Source, table: &EntryTable, field: &dyn Declared, entry: &str) -> String {
    if source.names_in(table).iter().any(|name| name == entry) {
        return source.name_of(field, Some(&format!("{}.{entry}", table.path)));
    }
    let path = field.declaration().path;
    format!("{entry}.{path} (in the file of {})", FILE.declaration().env())
}

/// Whether a setting is one of those that a row is about.
fn is_about(row: &Judgement, setting: &'static dyn Declared) -> bool {
    let declaration = setting.declaration();
    let is_it = |other: &&'static dyn Declared| std::ptr::eq(other.declaration(), declaration);
    match row.look {
        Look::AtSetting(other, _) | Look::WhereItIsRead(other) | Look::AtEntries(_, other, _) => {
            is_it(&other)
        }
        Look::Nowhere(settings) => settings.iter().any(is_it),
    }
}
