//! What a release is called, and what its files are called.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::guard::Guard;
use crate::process::capture;
use crate::tidy::changelog;
use crate::workspace::{Workspace, root};

/// A version for a target.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Edition {
    pub(super) version: String,
    pub(super) target: String,
}

impl Edition {
    /// The folder in its archive, and how the names of its files begin.
    pub(super) fn stem(&self, program: &str) -> String {
        format!("{program}-{}-{}", self.version, self.target)
    }

    pub(super) fn archive(&self, program: &str) -> String {
        format!("{}.tar.gz", self.stem(program))
    }

    pub(super) fn bill(&self, program: &str) -> String {
        format!("{}.cdx.json", self.stem(program))
    }

    pub(super) fn checksums(&self) -> String {
        format!("{}.sha256", self.stem("hemera-aither"))
    }

    /// The release whose checksums a file has.
    pub(super) fn of_checksums(name: &str) -> Option<Self> {
        let (version, target) = name
            .strip_prefix("hemera-aither-")?
            .strip_suffix(".sha256")?
            .split_once('-')?;
        Some(Self {
            version: version.to_owned(),
            target: target.to_owned(),
        })
    }
}

/// The version of the workspace.
pub(super) fn version(workspace: &Workspace) -> Result<String> {
    let own = workspace
        .packages
        .iter()
        .find(|package| package.name == "hemera-api");
    Ok(own.context("there is no package hemera-api")?.version.clone())
}

/// Refuses a tag that is not of this version, and a version that the changelog does not have as released.
pub(super) fn require_tag(tag: &str, version: &str) -> Result<()> {
    if tag != format!("v{version}") {
        bail!("the tag {tag} is not v{version}: set `version` in Cargo.toml, or tag the commit that has it");
    }
    let text = std::fs::read_to_string(root().join("CHANGELOG.md")).context("CHANGELOG.md cannot be read")?;
    if !changelog::released(&text, version) {
        bail!(
            "CHANGELOG.md has no section `## [{version}] - DATE`: rename `Unreleased`, and begin a new one"
        );
    }
    Ok(())
}

/// The commit that is built, and when it was made, in Unix seconds; `SOURCE_DATE_EPOCH` counts more.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) id: String,
    pub(super) time: u64,
    /// Whether there are changes that are in no commit.
    pub(super) is_changed: bool,
}

impl Commit {
    pub(super) fn current(guard: &Guard) -> Result<Self> {
        let git = |arguments: &[&str]| -> Result<String> {
            let mut command = Command::new("git");
            let answer = capture(guard, command.args(arguments).current_dir(root()))?;
            if !answer.status.success() {
                bail!("git {} failed: {}", arguments.join(" "), answer.text());
            }
            Ok(answer.stdout.trim().to_owned())
        };
        let time = match std::env::var("SOURCE_DATE_EPOCH") {
            Ok(set) => set,
            Err(_) => git(&["log", "-1", "--format=%ct"])?,
        };
        Ok(Self {
            id: git(&["rev-parse", "--short=12", "HEAD"])?,
            time: time
                .parse()
                .context("SOURCE_DATE_EPOCH is no number of seconds")?,
            is_changed: !git(&["status", "--porcelain"])?.is_empty(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_version_and_target_and_lead_back_to_them() {
        let release = Edition {
            version: "0.1.0".to_owned(),
            target: "x86_64-unknown-linux-gnu".to_owned(),
        };
        assert_eq!(
            release.archive("aither"),
            "aither-0.1.0-x86_64-unknown-linux-gnu.tar.gz"
        );
        assert_eq!(
            release.bill("aither"),
            "aither-0.1.0-x86_64-unknown-linux-gnu.cdx.json"
        );
        assert_eq!(Edition::of_checksums(&release.checksums()), Some(release));
        assert_eq!(Edition::of_checksums("aither-0.1.0-x.sha256"), None);
    }

    #[test]
    fn tag_must_be_of_the_version_and_the_version_in_the_changelog() {
        let error = require_tag("v0.2.0", "0.1.0").unwrap_err().to_string();
        assert!(error.contains("is not v0.1.0"), "{error}");
        let error = require_tag("v99.0.0", "99.0.0").unwrap_err().to_string();
        assert!(error.contains("no section `## [99.0.0] - DATE`"), "{error}");
    }
}
