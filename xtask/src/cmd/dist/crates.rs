//! Which crates a program is made of: as cargo resolves them, and as the lock file has them.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::guard::Guard;
use crate::process::capture;
use crate::workspace::{cargo, root};

/// A crate in one version.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Crate {
    pub(super) name: String,
    pub(super) version: String,
}

impl Crate {
    pub(super) fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
        }
    }
}

/// Those that are compiled for a package on a target, by themselves or for its build, and the package.
pub(super) fn resolved(guard: &Guard, package: &str, target: &str) -> Result<BTreeSet<Crate>> {
    let mut command = cargo();
    command.args(["tree", "--locked", "--package", package, "--target", target]);
    command.args(["--edges", "normal,build", "--prefix", "none", "--no-dedupe"]);
    let answer = capture(guard, &mut command)?;
    if !answer.status.success() {
        bail!("cargo tree failed: {}", answer.text());
    }
    Ok(listed(&answer.stdout))
}

/// Lines such as `serde v1.0.0 (proc-macro)`.
fn listed(tree: &str) -> BTreeSet<Crate> {
    let of_line = |line: &str| {
        let mut words = line.split_whitespace();
        let (name, version) = (words.next()?, words.next()?);
        Some(Crate::new(name, version.strip_prefix('v')?))
    };
    tree.lines().filter_map(of_line).collect()
}

/// All in the lock file.
pub(super) fn locked() -> Result<BTreeSet<Crate>> {
    Ok(of_lock_file(&std::fs::read_to_string(root().join("Cargo.lock"))?))
}

fn of_lock_file(text: &str) -> BTreeSet<Crate> {
    let value = |section: &str, key: &str| {
        let begin = format!("{key} = \"");
        let mut lines = section
            .lines()
            .filter_map(|line| line.strip_prefix(begin.as_str()));
        lines.next().map(|rest| rest.trim_end_matches('"').to_owned())
    };
    let sections = text.split("[[package]]").skip(1);
    sections
        .filter_map(|section| {
            Some(Crate {
                name: value(section, "name")?,
                version: value(section, "version")?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_read_from_the_tree_and_from_the_lock_file() {
        let expected = [Crate::new("a", "1.2.3"), Crate::new("own", "0.1.0")].into();
        assert_eq!(
            listed("own v0.1.0 (/somewhere)\na v1.2.3 (proc-macro)\na v1.2.3\n\n"),
            expected
        );
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.2.3\"\nsource = \"registry\"\n\n\
                    [[package]]\nname = \"own\"\nversion = \"0.1.0\"\ndependencies = [\n \"a\",\n]\n";
        assert_eq!(of_lock_file(lock), expected);
    }
}
