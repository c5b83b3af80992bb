//! Rules of this workspace that no lint knows, as code.
//!
//! A rule is a function from the tree to findings; a new one is added to [`findings`]. What clippy can check is left to
//! clippy (exceptions without a reason, unwrapping outside tests, `now()`).

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use self::architecture::{Architecture, Floors};
use self::modules::Modules;
use self::sources::Sources;
use crate::guard::Guard;
use crate::process::capture;
use crate::workspace::{Package, Workspace, root};

mod alerts;
mod api_types;
mod architecture;
pub(crate) mod changelog;
mod circles;
mod crates;
mod documents;
mod floors;
mod functions;
mod manifest;
mod migrations;
mod modules;
mod snapshots;
mod sources;
mod text;
#[cfg(test)]
mod trees;
mod type_names;

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
        .flat_map(|file| {
            let text = text::check(file).into_iter();
            text.chain(snapshots::check(file)).chain(migrations::check(file))
        })
        .collect();
    findings.extend(manifest::check(files));
    findings.extend(alerts::check(files));
    findings.extend(api_types::check(files));
    findings.extend(changelog::check(files, &workspace.packages));
    // What was built is not there on a clean clone.
    let exists = |path: &Path| root().join(path).exists() && !path.starts_with("target");
    findings.extend(documents::check(files, exists));
    let (architecture, unreadable) = architecture::read(files);
    findings.extend(unreadable);
    findings.extend(crates::check(workspace, &architecture));
    let (sources, unreadable) = Sources::parse(files);
    findings.extend(unreadable);
    findings.extend(sources.iter().flat_map(functions::check));
    for package in &workspace.packages {
        findings.extend(of_package(package, &sources, &architecture));
    }
    findings
}

/// The rules about the modules of a package's crates.
fn of_package(package: &Package, sources: &Sources<'_>, architecture: &Architecture) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut shipped = Vec::new();
    for target in &package.targets {
        let source = target.source.strip_prefix(root()).unwrap_or(&target.source);
        let (modules, missing) = Modules::read(sources, source);
        findings.extend(missing);
        findings.extend(circles::check(&modules));
        findings.extend(type_names::check(&modules));
        let is_library = target.kind.iter().any(|kind| kind.ends_with("lib"));
        if is_library || target.kind.iter().any(|kind| kind == "bin") {
            shipped.push(modules);
        }
    }
    let of_this = |floors: &&Floors| floors.package == package.name;
    let declared = architecture.floors.iter().filter(of_this);
    findings.extend(declared.flat_map(|floors| floors::check(floors, &shipped)));
    findings
}
