//! The Rust files of the repository, parsed.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Finding, TextFile};

/// Each file with its syntax, by its path.
pub(super) struct Sources<'a>(BTreeMap<&'a Path, Source<'a>>);

pub(super) struct Source<'a> {
    pub(super) file: &'a TextFile,
    pub(super) syntax: syn::File,
}

impl<'a> Sources<'a> {
    /// Parses every Rust file; one that is not Rust is a finding.
    pub(super) fn parse(files: &'a [TextFile]) -> (Self, Vec<Finding>) {
        let mut sources = BTreeMap::new();
        let mut findings = Vec::new();
        for file in files.iter().filter(|file| file.is_rust()) {
            match syn::parse_file(&file.text) {
                Ok(syntax) => {
                    sources.insert(file.path.as_path(), Source { file, syntax });
                }
                Err(error) => findings.push(file.finding(
                    error.span().start().line,
                    format!("cannot be read as Rust, so no rule is checked in it: {error}"),
                )),
            }
        }
        (Self(sources), findings)
    }

    pub(super) fn get(&self, path: &Path) -> Option<&Source<'a>> {
        self.0.get(path)
    }

    /// In the order of the paths.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Source<'a>> {
        self.0.values()
    }
}
