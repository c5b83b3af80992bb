//! Which crate may depend on which: the table of `docs/architecture.md`.

use super::Finding;
use crate::workspace::{Package, Workspace, root};

/// What a crate of ours may depend on.
struct Arrows {
    from: &'static str,
    to: &'static [&'static str],
    /// Besides, in tests only.
    in_tests: &'static [&'static str],
}

const TABLE: [Arrows; 10] = [
    Arrows {
        from: "permissions",
        to: &[],
        in_tests: &[],
    },
    Arrows {
        from: "hemera-types",
        to: &["permissions"],
        in_tests: &[],
    },
    Arrows {
        from: "freshness",
        to: &[],
        in_tests: &[],
    },
    Arrows {
        from: "clerk",
        to: &["freshness"],
        in_tests: &[],
    },
    // An independent witness: it may not learn from `clerk` what it is there to check.
    Arrows {
        from: "clerk-emulator",
        to: &[],
        in_tests: &[],
    },
    // What it starts is Redis itself: it has nothing to learn from us.
    Arrows {
        from: "redis-fixture",
        to: &[],
        in_tests: &[],
    },
    Arrows {
        from: "hemera-api",
        to: &["hemera-types", "permissions", "clerk", "freshness"],
        in_tests: &["clerk-emulator", "redis-fixture", "aither-client"],
    },
    Arrows {
        from: "aither-client",
        to: &["hemera-types", "freshness", "clerk"],
        in_tests: &["clerk-emulator", "redis-fixture"],
    },
    Arrows {
        from: "e2e",
        to: &[
            "permissions",
            "hemera-types",
            "freshness",
            "clerk",
            "clerk-emulator",
            "hemera-api",
            "aither-client",
            "redis-fixture",
        ],
        in_tests: &[],
    },
    // It runs them; it must work while they do not build.
    Arrows {
        from: "xtask",
        to: &[],
        in_tests: &[],
    },
];

pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.packages.iter().flat_map(of).collect()
}

fn of(package: &Package) -> Vec<Finding> {
    let path = package
        .manifest
        .strip_prefix(root())
        .unwrap_or(&package.manifest)
        .to_path_buf();
    let finding = |what: String| Finding {
        path: path.clone(),
        line: 0,
        what,
    };
    let Some(arrows) = TABLE.iter().find(|arrows| arrows.from == package.name) else {
        return vec![finding(format!(
            "`{}` is not in the table of crates: add it to docs/architecture.md and to xtask's arrows",
            package.name
        ))];
    };
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.path.is_some())
        .filter(|dependency| {
            let to = dependency.name.as_str();
            let in_tests = dependency.kind.as_deref() == Some("dev");
            // A crate names itself to turn on a feature for its own tests.
            let fine_in_tests = arrows.in_tests.contains(&to) || to == package.name;
            !(arrows.to.contains(&to) || in_tests && fine_in_tests)
        })
        .map(|dependency| {
            finding(format!(
                "`{}` may not depend on `{}`: see the table of crates in docs/architecture.md",
                package.name, dependency.name
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn depends(from: &str, on: &str, kind: Option<&str>, ours: bool) -> Vec<Finding> {
        of(&Package {
            name: from.to_owned(),
            manifest: root().join("crates").join(from).join("Cargo.toml"),
            dependencies: vec![Dependency {
                name: on.to_owned(),
                kind: kind.map(str::to_owned),
                path: ours.then(|| root().join("crates").join(on)),
            }],
            targets: Vec::new(),
        })
    }

    #[test]
    fn arrows_of_the_table_are_fine() {
        assert!(depends("hemera-api", "clerk", None, true).is_empty());
        assert!(depends("hemera-api", "clerk-emulator", Some("dev"), true).is_empty());
        assert!(depends("freshness", "freshness", Some("dev"), true).is_empty());
        assert!(depends("xtask", "clap", None, false).is_empty());
    }

    #[test]
    fn others_are_not() {
        assert_eq!(depends("hemera-api", "clerk-emulator", None, true).len(), 1);
        assert_eq!(depends("clerk-emulator", "clerk", Some("dev"), true).len(), 1);
        assert_eq!(depends("xtask", "permissions", None, true).len(), 1);
        assert_eq!(depends("hemera-types", "clerk", Some("build"), true).len(), 1);
    }

    #[test]
    fn a_crate_that_nobody_placed_is_found() {
        let found = depends("newcomer", "clap", None, false);
        assert!(found[0].what.contains("not in the table"), "{found:?}");
        assert_eq!(found[0].path, std::path::Path::new("crates/newcomer/Cargo.toml"));
    }
}
