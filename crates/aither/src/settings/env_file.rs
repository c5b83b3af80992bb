//! An environment file: lines of `NAME=value`, as shells and containers read them.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::exit::Exit;
use crate::failure::Failure;

/// The variables of a file.
pub(super) struct EnvFile {
    path: PathBuf,
    variables: HashMap<String, String>,
    is_exposed: bool,
}

impl EnvFile {
    /// # Errors
    /// The fault of the file never repeats a line: a secret may stand there.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let fault = |what: String| Failure::new(Exit::Configuration, format!("{} {what}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| {
            fault(format!("cannot be read ({})", error.kind()))
                .with_advice("name a file that is there with --env-file")
        })?;
        let mode = fs::metadata(path)?.permissions().mode();
        let variables: Result<HashMap<_, _>, _> = dotenvy::from_read_iter(text.as_bytes()).collect();
        let variables = variables.map_err(|error| {
            fault(format!("is not an environment file{}", place(&error, &text)))
                .with_advice("write NAME=value, with single quotes around a value that has blanks, $ or #")
        })?;
        Ok(Self {
            path: path.to_owned(),
            variables,
            is_exposed: mode & 0o077 != 0,
        })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Other users may read or write it.
    pub(super) const fn is_exposed(&self) -> bool {
        self.is_exposed
    }
}

fn place(error: &dotenvy::Error, text: &str) -> String {
    let line = match error {
        // The text is the line, or its value alone.
        dotenvy::Error::LineParse(wrong, _) => text
            .lines()
            .position(|line| line.trim_end().ends_with(wrong.trim_end())),
        _ => None,
    };
    line.map_or_else(String::new, |index| format!(" at line {}", index + 1))
}

/// Without the values.
impl std::fmt::Debug for EnvFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnvFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
