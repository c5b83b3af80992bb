//! How settings are grouped: in sections, and in tables whose entries' names are the operator's.

use super::setting::Declared;

/// Settings that are read together.
pub(super) struct Section {
    /// What they are about.
    pub(super) title: &'static str,
    /// In the order in which people read about them.
    pub(super) settings: &'static [&'static dyn Declared],
    /// Settings whose names are the operator's, where the section has some.
    pub(super) table: Option<&'static EntryTable>,
}

impl Section {
    pub(super) const fn of(title: &'static str, settings: &'static [&'static dyn Declared]) -> Self {
        Self {
            title,
            settings,
            table: None,
        }
    }

    pub(super) const fn with_table(mut self, table: &'static EntryTable) -> Self {
        self.table = Some(table);
        self
    }
}

/// Entries of one kind, each under a name of the operator's choice: `[service_keys.rollback]`.
pub(super) struct EntryTable {
    /// Where the entries are in `hemera.toml`.
    pub(super) path: &'static str,
    /// What one entry is, such as `a service key`.
    pub(super) what: &'static str,
    /// A name to show.
    pub(super) example: &'static str,
    /// What the entries do, in lines.
    pub(super) meaning: &'static [&'static str],
    /// What an entry has.
    pub(super) fields: &'static [&'static dyn Declared],
}

impl EntryTable {
    /// The field of an entry by its name.
    pub(super) fn field(&self, name: &str) -> Option<&'static dyn Declared> {
        let mut fields = self.fields.iter().copied();
        fields.find(|field| field.declaration().path == name)
    }

    /// What is wrong with a name that is none of the fields.
    pub(super) fn unknown_field(&self) -> String {
        format!("is not a setting of {}; it has {}", self.what, self.field_names())
    }

    /// The fields' names, for a sentence: `id and allow_unscoped`.
    fn field_names(&self) -> String {
        let names: Vec<_> = self.fields.iter().map(|field| field.declaration().path).collect();
        match names.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        }
    }
}
