//! The licences of what is in a program, as one text: which crate is under which, and the words that its package has.
//!
//! Which licences may be there at all is checked by cargo-deny.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::crates::Crate;
use crate::guard::Guard;
use crate::process::capture;
use crate::workspace::cargo;

/// How the names of files with licences begin, in capitals.
const NAMES: [&str; 6] = [
    "LICENSE",
    "LICENCE",
    "COPYING",
    "COPYRIGHT",
    "NOTICE",
    "UNLICENSE",
];

/// What cargo says of the packages.
#[derive(Debug, Deserialize)]
pub(super) struct Packages {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    manifest_path: PathBuf,
}

impl Packages {
    /// All of the workspace and of what it depends on for a target.
    pub(super) fn load(guard: &Guard, target: &str) -> Result<Self> {
        let mut command = cargo();
        command.args([
            "metadata",
            "--locked",
            "--format-version",
            "1",
            "--filter-platform",
            target,
        ]);
        let answer = capture(guard, &mut command)?;
        if !answer.status.success() {
            bail!("cargo metadata failed: {}", answer.stderr.trim_end());
        }
        serde_json::from_str(&answer.stdout).context("cargo metadata answered something unknown")
    }

    /// The licences of these crates. A text that several have stands there once.
    ///
    /// # Errors
    /// If a crate does not say its licence.
    pub(super) fn licences_of(&self, crates: &BTreeSet<Crate>) -> Result<String> {
        let mut overview = String::new();
        let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for of in crates {
            let package = self
                .packages
                .iter()
                .find(|package| package.name == of.name && package.version == of.version);
            let package = package.with_context(|| format!("cargo metadata does not know {}", of.name))?;
            let licence = package.license.as_deref();
            let licence = licence.with_context(|| format!("{} does not say its licence", of.name))?;
            // Writing to a text does not fail.
            let _ = writeln!(overview, "{} {}: {licence}", of.name, of.version);
            let folder = package.manifest_path.parent().unwrap_or(Path::new("."));
            for text in texts_in(folder)? {
                texts
                    .entry(text)
                    .or_default()
                    .push(format!("{} {}", of.name, of.version));
            }
        }
        let mut all = format!("What is in this program, and under which licence\n\n{overview}");
        let mut by_crates: Vec<_> = texts.into_iter().map(|(text, crates)| (crates, text)).collect();
        by_crates.sort();
        for (crates, text) in by_crates {
            let line = "-".repeat(100);
            let _ = write!(all, "\n{line}\n{}\n\n{}\n", crates.join(", "), text.trim_end());
        }
        Ok(all)
    }
}

/// The texts of the licences that lie in the folder of a package.
fn texts_in(folder: &Path) -> Result<BTreeSet<String>> {
    let mut texts = BTreeSet::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_uppercase();
        if path.is_file() && NAMES.iter().any(|begin| name.starts_with(begin)) {
            texts.insert(String::from_utf8_lossy(&fs::read(&path)?).replace("\r\n", "\n"));
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crate_is_listed_and_a_text_of_several_stands_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut packages = Vec::new();
        for (name, text) in [
            ("a", "The same words\r\n"),
            ("b", "The same words\n"),
            ("c", "Other words\n"),
        ] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("license-mit.txt"), text).unwrap();
            packages.push(Package {
                name: name.to_owned(),
                version: "1.0.0".to_owned(),
                license: (name != "c").then(|| "MIT".to_owned()),
                manifest_path: folder.path().join(name).join("Cargo.toml"),
            });
        }
        let packages = Packages { packages };
        let of = |names: [&str; 2]| names.map(|name| Crate::new(name, "1.0.0")).into();
        let text = packages.licences_of(&of(["a", "b"])).unwrap();
        assert!(
            text.contains("a 1.0.0: MIT\nb 1.0.0: MIT\n")
                && text.contains("a 1.0.0, b 1.0.0\n\nThe same words\n")
        );
        assert_eq!(text.matches("The same words").count(), 1);
        assert!(
            packages
                .licences_of(&of(["a", "c"]))
                .unwrap_err()
                .to_string()
                .contains("c does not say")
        );
    }
}
