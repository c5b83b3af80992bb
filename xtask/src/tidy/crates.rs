//! Which crate may depend on which: the manifests against the table of `docs/architecture.md`.

use std::path::PathBuf;

use super::Finding;
use super::architecture::{Architecture, DeclaredCrate, finding};
use crate::workspace::{Dependency, Package, Workspace, root};

pub(super) fn check(workspace: &Workspace, architecture: &Architecture) -> Vec<Finding> {
    let declared = |package: &Package| architecture.crates.iter().find(|row| row.name == package.name);
    let mut findings: Vec<Finding> = workspace
        .packages
        .iter()
        .flat_map(|package| match declared(package) {
            Some(row) => forbidden(package, row),
            None => vec![Finding {
                path: manifest(package),
                line: 0,
                what: format!(
                    "`{}` is not in the table of crates: add a row to docs/architecture.md",
                    package.name
                ),
            }],
        })
        .collect();
    for row in &architecture.crates {
        findings.extend(unused(workspace, row));
    }
    for floors in &architecture.floors {
        if !architecture.crates.iter().any(|row| row.name == floors.package) {
            findings.push(finding(
                floors.line,
                format!(
                    "`{}`, whose floors these are, is not in the table of crates",
                    floors.package
                ),
            ));
        }
    }
    findings
}

fn manifest(package: &Package) -> PathBuf {
    package
        .manifest
        .strip_prefix(root())
        .unwrap_or(&package.manifest)
        .to_path_buf()
}

/// The crates of this workspace that a manifest names, without itself: a crate may turn on a feature of its own for its
/// tests.
fn dependencies(package: &Package) -> impl Iterator<Item = &Dependency> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.path.is_some() && dependency.name != package.name)
}

fn is_for_tests(dependency: &Dependency) -> bool {
    dependency.kind.as_deref() == Some("dev")
}

fn forbidden(package: &Package, row: &DeclaredCrate) -> Vec<Finding> {
    dependencies(package)
        .filter(|dependency| {
            let in_tests = is_for_tests(dependency) && row.in_tests.contains(&dependency.name);
            !in_tests && !row.may_use.contains(&dependency.name)
        })
        .map(|dependency| Finding {
            path: manifest(package),
            line: 0,
            what: format!(
                "`{}` may not depend on `{}`: see the table of crates in docs/architecture.md",
                package.name, dependency.name
            ),
        })
        .collect()
}

/// What a row allows and no manifest needs: the table says how the crates are, not how they might be.
fn unused(workspace: &Workspace, row: &DeclaredCrate) -> Vec<Finding> {
    let Some(package) = workspace.packages.iter().find(|package| package.name == row.name) else {
        return vec![finding(
            row.line,
            format!("there is no crate `{}`: delete the row", row.name),
        )];
    };
    let is_used = |name: &String, in_tests: bool| {
        dependencies(package)
            .any(|dependency| dependency.name == *name && is_for_tests(dependency) == in_tests)
    };
    let columns = [(&row.may_use, false), (&row.in_tests, true)];
    let unused = columns
        .into_iter()
        .flat_map(|(names, in_tests)| names.iter().filter(move |name| !is_used(name, in_tests)));
    unused
        .map(|name| {
            finding(
                row.line,
                format!(
                    "`{}` does not depend on `{name}` there: delete it from the row",
                    row.name
                ),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::architecture::Floors;
    use super::*;

    fn dependency(on: &str, kind: Option<&str>) -> Dependency {
        Dependency {
            name: on.to_owned(),
            kind: kind.map(str::to_owned),
            path: Some(root().join("crates").join(on)),
        }
    }

    /// A workspace of `server`, with these dependencies, and `client`; the server may use the client in tests only.
    fn found(dependencies: Vec<Dependency>) -> Vec<String> {
        let package = |name: &str, dependencies: Vec<Dependency>| Package {
            name: name.to_owned(),
            version: String::new(),
            publish: None,
            manifest: root().join("crates").join(name).join("Cargo.toml"),
            dependencies,
            targets: Vec::new(),
        };
        let workspace = Workspace {
            packages: vec![package("server", dependencies), package("client", Vec::new())],
            target: PathBuf::new(),
        };
        let row = |name: &str, in_tests: &[&str]| DeclaredCrate {
            name: name.to_owned(),
            may_use: Vec::new(),
            in_tests: in_tests.iter().map(|&name| name.to_owned()).collect(),
            line: 7,
        };
        let architecture = Architecture {
            crates: vec![row("server", &["client"]), row("client", &[])],
            floors: Vec::new(),
        };
        let findings = check(&workspace, &architecture);
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn declared_dependencies_pass() {
        assert_eq!(found(vec![dependency("client", Some("dev"))]), [""; 0]);
        let with_itself = vec![
            dependency("client", Some("dev")),
            dependency("server", Some("dev")),
        ];
        assert_eq!(found(with_itself), [""; 0]);
        let mut from_elsewhere = dependency("clap", None);
        from_elsewhere.path = None;
        assert_eq!(
            found(vec![dependency("client", Some("dev")), from_elsewhere]),
            [""; 0]
        );
    }

    #[test]
    fn undeclared_dependency_is_found_in_its_manifest() {
        for kind in [None, Some("build")] {
            let found = found(vec![
                dependency("client", Some("dev")),
                dependency("client", kind),
            ]);
            assert_eq!(
                found,
                ["crates/server/Cargo.toml: `server` may not depend on `client`: \
                  see the table of crates in docs/architecture.md"]
            );
        }
    }

    #[test]
    fn unused_arrow_is_found_in_the_document() {
        let found = found(Vec::new());
        assert_eq!(
            found,
            ["docs/architecture.md:7: `server` does not depend on `client` there: delete it from the row"]
        );
    }

    #[test]
    fn crates_and_rows_belong_together() {
        let package = Package {
            name: "newcomer".to_owned(),
            version: String::new(),
            publish: None,
            manifest: root().join("crates/newcomer/Cargo.toml"),
            dependencies: Vec::new(),
            targets: Vec::new(),
        };
        let workspace = Workspace {
            packages: vec![package],
            target: PathBuf::new(),
        };
        let gone = DeclaredCrate {
            name: "gone".to_owned(),
            may_use: Vec::new(),
            in_tests: Vec::new(),
            line: 3,
        };
        let architecture = Architecture {
            crates: vec![gone],
            floors: vec![Floors {
                package: "elsewhere".to_owned(),
                line: 5,
                modules: Vec::new(),
            }],
        };
        let findings = check(&workspace, &architecture);
        assert!(
            findings[0].what.contains("`newcomer` is not in the table"),
            "{findings:?}"
        );
        assert!(findings[1].what.contains("no crate `gone`"), "{findings:?}");
        assert!(findings[2].what.starts_with("`elsewhere`"), "{findings:?}");
    }
}
