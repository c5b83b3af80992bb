//! The changelog: it has a place for what comes next, and for the version that is there.

use super::{Finding, TextFile};
use crate::workspace::Package;

const CHANGELOG: &str = "CHANGELOG.md";
const UNRELEASED: &str = "## [Unreleased]";

/// A version is released when its section has a date. Until then, `Unreleased` says which one it becomes.
pub(super) fn check(files: &[TextFile], packages: &[Package]) -> Vec<Finding> {
    let Some(own) = packages
        .iter()
        .find(|package| package.name == env!("CARGO_PKG_NAME"))
    else {
        return Vec::new();
    };
    let Some(file) = files.iter().find(|file| file.path == *CHANGELOG) else {
        return Vec::new();
    };
    let section = section(&file.text, UNRELEASED);
    let Some((line, text)) = section else {
        return vec![file.finding(
            0,
            format!("there is no section `{UNRELEASED}`: add it above the releases"),
        )];
    };
    let version = &own.version;
    if released(&file.text, version) || text.contains(&format!("becomes {version}")) {
        return Vec::new();
    }
    vec![file.finding(
        line,
        format!("the version of the workspace is {version}: give it a section with a date, or say here `It becomes {version}`"),
    )]
}

/// Whether the version has a section with a date.
pub(crate) fn released(changelog: &str, version: &str) -> bool {
    let begin = format!("## [{version}] - ");
    let date = |text: &str| {
        text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            })
    };
    changelog
        .lines()
        .filter_map(|line| line.strip_prefix(&begin))
        .any(date)
}

/// The text of a section, with the line of its heading.
fn section<'a>(changelog: &'a str, heading: &str) -> Option<(usize, &'a str)> {
    let line = changelog.lines().position(|line| line == heading)? + 1;
    let (_, after) = changelog.split_once(heading)?;
    Some((line, after.split("\n## ").next().unwrap_or(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let own = serde_json::json!({
            "name": "xtask", "version": "0.2.0", "manifest_path": "", "dependencies": [], "targets": [],
        });
        let file = TextFile {
            path: CHANGELOG.into(),
            text: text.to_owned(),
        };
        let package: Package = serde_json::from_value(own).unwrap();
        check(&[file], &[package])
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn version_is_released_or_to_come() {
        assert!(found("# C\n\n## [Unreleased]\n\nIt becomes 0.2.0.\n\n## [0.1.0] - 2026-01-31\n").is_empty());
        assert!(found("## [Unreleased]\n\n## [0.2.0] - 2026-01-31\n").is_empty());
    }

    #[test]
    fn version_without_a_place_is_found() {
        for text in [
            "## [Unreleased]\n\n## [0.1.0] - 2026-01-31\n\nIt becomes 0.2.0.\n",
            "## [Unreleased]\n\n## [0.2.0] - soon\n",
        ] {
            let found = found(text);
            assert!(
                found.len() == 1 && found[0].starts_with("CHANGELOG.md:1: the version"),
                "{found:?}"
            );
        }
        assert!(found("## [0.2.0] - 2026-01-31\n")[0].contains("no section `## [Unreleased]`"));
    }
}
