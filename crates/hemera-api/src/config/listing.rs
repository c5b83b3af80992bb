//! The list of all settings, from their declarations.

use serde::{Serialize, Serializer};

use super::catalogue::SECTIONS;
use super::section::{EntryTable, Section};
use super::setting::{Declared, Unset, env_of_path};

/// Settings that are read together.
#[derive(Clone, Debug, Serialize)]
pub struct ListedSection {
    /// What they are about.
    pub title: &'static str,
    /// The settings with names of their own.
    pub settings: Vec<ListedSetting>,
    /// Entries under names of the operator's choice, where the section has some.
    pub table: Option<ListedTable>,
}

/// Entries under names of the operator's choice.
#[derive(Clone, Debug, Serialize)]
pub struct ListedTable {
    /// What the entries do, in lines of one text.
    #[serde(serialize_with = "as_text")]
    pub meaning: Vec<&'static str>,
    /// The settings of an entry, with a name to show.
    pub settings: Vec<ListedSetting>,
}

/// What there is to know of a setting.
#[derive(Clone, Debug, Serialize)]
pub struct ListedSetting {
    /// The environment variable.
    pub name: String,
    /// Where it is in `hemera.toml`.
    pub path: String,
    /// What its text has to be.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is used where it is not set; absent where it then has no value.
    pub default: Option<&'static str>,
    /// Whether it must be set; in a table, in each entry.
    pub required: bool,
    /// Whether it is never shown. It can then also be given as a file, under its name with `_FILE` at the end.
    pub secret: bool,
    /// What it does, in lines of one text.
    #[serde(serialize_with = "as_text")]
    pub meaning: Vec<&'static str>,
    /// A value to show where there is no default; empty where a made-up one would be of no use.
    pub example: &'static str,
}

/// All settings of the server, in the order in which people read about them.
pub fn list() -> Vec<ListedSection> {
    SECTIONS.iter().map(section).collect()
}

fn section(section: &Section) -> ListedSection {
    let settings = section.settings.iter();
    ListedSection {
        title: section.title,
        settings: settings.map(|setting| listed(*setting, None)).collect(),
        table: section.table.map(table),
    }
}

fn table(table: &EntryTable) -> ListedTable {
    let fields = table.fields.iter();
    ListedTable {
        meaning: lines(table.meaning),
        settings: fields.map(|field| listed(*field, Some(table))).collect(),
    }
}

fn listed(setting: &dyn Declared, table: Option<&EntryTable>) -> ListedSetting {
    let declaration = setting.declaration();
    let (name, path) = match table {
        Some(table) => {
            let path = format!("{}.{}.{}", table.path, table.example, declaration.path);
            (env_of_path(&path), path)
        }
        None => (declaration.env().into_owned(), declaration.path.to_owned()),
    };
    ListedSetting {
        name,
        path,
        kind: setting.kind(),
        default: match declaration.unset {
            Unset::Default(text) => Some(text),
            Unset::Missing(_) | Unset::Nothing => None,
        },
        required: matches!(declaration.unset, Unset::Missing(_)),
        secret: declaration.secret,
        meaning: lines(declaration.meaning),
        example: declaration.example,
    }
}

/// Doc comments begin with a space.
fn lines(meaning: &[&'static str]) -> Vec<&'static str> {
    meaning.iter().map(|line| line.trim()).collect()
}

fn as_text<S: Serializer>(lines: &[&str], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&lines.join(" "))
}
