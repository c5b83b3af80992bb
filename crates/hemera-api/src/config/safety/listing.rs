//! The rows, for documents.

use serde::Serialize;

use super::judgement::Level;
use super::{is_about, rows};
use crate::config::catalogue;
use crate::config::environment::Environment;
use crate::config::section::EntryTable;
use crate::config::setting::{Declared, env_of_path};

/// What becomes of a setting in each environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedJudgement {
    /// The section that the setting is in.
    pub section: &'static str,
    /// The environment variables: several where nothing about them can be unsafe for the same reason.
    pub names: Vec<String>,
    /// What is unsafe or doubtful; empty where nothing is.
    pub problem: &'static str,
    /// What to do; of settings that nothing is wrong with, why.
    pub remedy: &'static str,
    /// The levels of development, staging and production.
    pub levels: [Level; 3],
}

/// Every setting with what is unsafe about it, in the order of the settings' list.
pub fn judgements() -> Vec<ListedJudgement> {
    let listed = catalogue::SECTIONS.iter().flat_map(|section| {
        let fields = section
            .table
            .iter()
            .flat_map(|table| table.fields.iter().copied());
        let settings: Vec<&'static dyn Declared> = section.settings.iter().copied().chain(fields).collect();
        let table = section.table;
        rows().filter_map(move |row| {
            let about = settings.iter().copied().filter(|setting| is_about(row, *setting));
            let names: Vec<_> = about.map(|setting| name(setting, table)).collect();
            (!names.is_empty()).then(|| ListedJudgement {
                section: section.title,
                names,
                problem: row.problem,
                remedy: row.remedy,
                levels: Environment::ALL.map(|environment| row.levels.of(environment)),
            })
        })
    });
    listed.collect()
}

/// The variable of a setting; of a field, that of the entry which the settings' list shows.
fn name(setting: &'static dyn Declared, table: Option<&'static EntryTable>) -> String {
    let declaration = setting.declaration();
    let field = table.filter(|table| {
        let mut fields = table.fields.iter();
        fields.any(|field| std::ptr::eq(field.declaration(), declaration))
    });
    match field {
        Some(table) => env_of_path(&format!("{}.{}.{}", table.path, table.example, declaration.path)),
        None => declaration.env().into_owned(),
    }
}
