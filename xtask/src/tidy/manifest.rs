//! Every crate inherits the workspace's lints: one that does not is not checked.

use super::{Finding, TextFile};

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.name() == "Cargo.toml" && !inherits(&file.text))
        .map(|file| {
            file.finding(
                0,
                "does not inherit the lints: add `[lints]` with `workspace = true`",
            )
        })
        .collect()
}

/// Whether the manifest says so, or is the workspace's own.
fn inherits(manifest: &str) -> bool {
    let mut section = "";
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        }
        let inherited = section == "[lints]" && line.replace(' ', "") == "workspace=true";
        if inherited || section == "[workspace]" {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_section_of_lints_counts() {
        assert!(inherits("[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n"));
        assert!(inherits("[workspace]\nmembers = []\n"));
        assert!(!inherits("[package]\nname = \"a\"\n"));
        assert!(!inherits("[lints]\n\n[package]\nworkspace = true\n"));
    }
}
