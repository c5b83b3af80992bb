//! Rules of this workspace that no lint knows, as code.
//!
//! A rule is a function from the tree to findings; a new one is added to [`findings`]. What clippy can check is left to
//! clippy (functions over 60 lines, exceptions without a reason, unwrapping outside tests, `now()`).

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::guard::Guard;
use crate::process::capture;
use crate::workspace::Workspace;

mod architecture;
mod crates;
mod manifest;
mod snapshots;
mod text;

/// Something that breaks a rule, and what to do about it.
#[derive(Debug, PartialEq)]
pub(crate) struct Finding {
    pub(crate) path: PathBuf,
    /// Counted from 1; 0 where the file as a whole is meant.
    pub(crate) line: usize,
    pub(crate) what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        if self.line == 0 {
            write!(f, "{path}: {}", self.what)
        } else {
            write!(f, "{path}:{}: {}", self.line, self.what)
        }
    }
}

/// A file of the repository that is text.
#[derive(Debug)]
pub(crate) struct TextFile {
    /// From the top folder on.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl TextFile {
    fn finding(&self, line: usize, what: impl Into<String>) -> Finding {
        Finding {
            path: self.path.clone(),
            line,
            what: what.into(),
        }
    }

    fn is_rust(&self) -> bool {
        self.path.extension().is_some_and(|extension| extension == "rs")
    }

    fn name(&self) -> &str {
        self.path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
    }

    /// Its lines, numbered from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }
}

/// Everything that git tracks or would track.
pub(crate) fn load(guard: &Guard, root: &Path) -> Result<Vec<TextFile>> {
    let mut ask = Command::new("git");
    ask.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root);
    let listed = capture(guard, &mut ask).context("git lists the files to check")?;
    if !listed.status.success() {
        bail!("git cannot list the files to check: {}", listed.stderr.trim_end());
    }
    let mut files = Vec::new();
    for path in listed
        .stdout
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
    {
        // Deleted but not yet committed, or not text: nothing to check.
        if let Ok(text) = std::fs::read_to_string(root.join(&path)) {
            files.push(TextFile { path, text });
        }
    }
    Ok(files)
}

/// What breaks a rule.
pub(crate) fn findings(workspace: &Workspace, files: &[TextFile]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = files
        .iter()
        .flat_map(|file| text::check(file).into_iter().chain(snapshots::check(file)))
        .collect();
    findings.extend(manifest::check(files));
    let (architecture, unreadable) = architecture::read(files);
    findings.extend(unreadable);
    findings.extend(crates::check(workspace, &architecture));
    findings
}
