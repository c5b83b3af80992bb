//! The floors of a crate: which of its top modules may use which, as `docs/architecture.md` declares.

use std::collections::BTreeSet;

use super::Finding;
use super::architecture::{DeclaredModule, Floors, MayUse, finding};
use super::modules::{Modules, Use};

/// Checks a package against its floors. `crates` are its library and its binaries.
pub(super) fn check(floors: &Floors, crates: &[Modules<'_>]) -> Vec<Finding> {
    let mut findings = downwards(floors);
    findings.extend(complete(floors, crates));
    let mut used = BTreeSet::new();
    for modules in crates {
        findings.extend(forbidden(floors, modules, &mut used));
    }
    findings.extend(unused(floors, &used));
    findings
}

fn row<'a>(floors: &'a Floors, name: &str) -> Option<&'a DeclaredModule> {
    floors.modules.iter().find(|row| row.name == name)
}

/// Those that a row names.
fn named(row: &DeclaredModule) -> &[String] {
    match &row.may_use {
        MayUse::Named(names) => names,
        MayUse::AllBelow => &[],
    }
}

fn allows(floors: &Floors, from: &DeclaredModule, to: &str) -> bool {
    match &from.may_use {
        MayUse::Named(names) => names.iter().any(|name| name == to),
        MayUse::AllBelow => row(floors, to).is_some_and(|to| to.floor > from.floor),
    }
}

/// The rows are sorted by floor, each module has one, and uses only what lies on a lower floor.
fn downwards(floors: &Floors) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    let mut above = 1;
    for module in &floors.modules {
        let (name, line) = (&module.name, module.line);
        if module.floor < above || module.floor > above + 1 {
            findings.push(finding(
                line,
                format!("`{name}` is out of order: sort by floor, from 1"),
            ));
        }
        above = module.floor;
        if !seen.insert(name) {
            findings.push(finding(line, format!("`{name}` has two rows: delete one")));
        }
        for to in named(module) {
            if row(floors, to).is_none_or(|to| to.floor <= module.floor) {
                findings.push(finding(
                    line,
                    format!("`{name}` may not use `{to}`, which is on no lower floor: move one of them"),
                ));
            }
        }
    }
    findings
}

/// Every module has a row, and every row a module.
fn complete(floors: &Floors, crates: &[Modules<'_>]) -> Vec<Finding> {
    let package = &floors.package;
    let declared: BTreeSet<&str> = floors.modules.iter().map(|row| row.name.as_str()).collect();
    let actual: BTreeSet<&str> = crates.iter().flat_map(Modules::top).collect();
    let without_row = actual.difference(&declared).map(|name| {
        finding(
            floors.line,
            format!("module `{name}` of `{package}` is on no floor: add a row"),
        )
    });
    let without_module = floors
        .modules
        .iter()
        .filter(|row| !actual.contains(row.name.as_str()))
        .map(|row| {
            finding(
                row.line,
                format!("`{package}` has no module `{}`: delete the row", row.name),
            )
        });
    without_row.chain(without_module).collect()
}

/// The uses that no row allows. All of them, allowed or not, are added to `used`.
fn forbidden(floors: &Floors, modules: &Modules<'_>, used: &mut BTreeSet<(String, String)>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for one in modules.uses() {
        let (Some(from), Some(to)) = (top(modules, &one, one.from), top(modules, &one, one.to)) else {
            continue;
        };
        used.insert((from.to_owned(), to.to_owned()));
        if row(floors, from).is_none_or(|from| allows(floors, from, to)) {
            continue;
        }
        let importing = modules.get(one.from).file;
        let imported = modules.get(one.to).file.path.display();
        let finding = importing.finding(
            one.line,
            format!(
                "`{from}` may not use `{to}` ({imported}): see the floors of `{}` in docs/architecture.md",
                floors.package
            ),
        );
        // A line may name several items of one file.
        if findings.last() != Some(&finding) {
            findings.push(finding);
        }
    }
    findings
}

/// The top module that holds one end of a use between two of them.
fn top<'a>(modules: &'a Modules<'_>, one: &Use, end: usize) -> Option<&'a str> {
    let between_top_modules = modules.get(one.parent).path.is_empty();
    let path = &modules.get(end).path;
    path.first().filter(|_| between_top_modules).map(String::as_str)
}

/// What a row allows and no file needs: the table says how the modules are, not how they might be.
fn unused(floors: &Floors, used: &BTreeSet<(String, String)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for module in &floors.modules {
        for to in named(module) {
            if !used.contains(&(module.name.clone(), to.clone())) {
                let name = &module.name;
                findings.push(finding(
                    module.line,
                    format!("`{name}` does not use `{to}`: delete it from the row"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::trees::findings;

    /// A row: floor, name, what it may use. Its line is its place, from 1.
    type Row<'a> = (u32, &'a str, &'a [&'a str]);

    const ROWS: [Row<'_>; 3] = [
        (1, "command", &["server", "store"]),
        (2, "server", &["store"]),
        (3, "store", &[]),
    ];

    const FILES: [(&str, &str); 4] = [
        ("lib.rs", "mod command;\nmod server;\nmod store;\n"),
        ("command.rs", "use crate::server::run;\nuse crate::store::open;\n"),
        ("server.rs", "use crate::store::Store;\npub fn run() {}\n"),
        ("store.rs", "pub struct Store;\npub fn open() {}\n"),
    ];

    fn found(rows: &[Row<'_>], files: &[(&str, &str)]) -> Vec<String> {
        let modules = rows
            .iter()
            .zip(1..)
            .map(|((floor, name, may_use), line)| DeclaredModule {
                name: (*name).to_owned(),
                floor: *floor,
                may_use: match may_use {
                    ["all below"] => MayUse::AllBelow,
                    names => MayUse::Named(names.iter().map(|&name| name.to_owned()).collect()),
                },
                line,
            });
        let floors = Floors {
            package: "a".to_owned(),
            line: 9,
            modules: modules.collect(),
        };
        findings(files, |modules| check(&floors, &[modules]))
    }

    #[test]
    fn declared_arrows_pass() {
        assert_eq!(found(&ROWS, &FILES), [""; 0]);
    }

    #[test]
    fn forbidden_arrow_names_both_files() {
        let mut files = FILES;
        files[3].1 = "//! Stores.\nfn f() { crate::server::run() }\n";
        assert_eq!(
            found(&ROWS, &files)[0],
            "store.rs:2: `store` may not use `server` (server.rs): see the floors of `a` in docs/architecture.md"
        );
    }

    #[test]
    fn a_row_may_allow_all_below_and_nothing_else() {
        let mut rows = ROWS;
        rows[0].2 = &["all below"];
        rows[1].2 = &["all below"];
        assert_eq!(found(&rows, &FILES), [""; 0]);
        let mut files = FILES;
        files[2].1 = "use crate::store::Store;\nuse crate::command::x;\npub fn run() {}\n";
        let found = found(&rows, &files);
        assert!(
            found[0].starts_with("server.rs:2: `server` may not use `command` (command.rs)"),
            "{found:?}"
        );
    }

    #[test]
    fn several_items_of_one_import_are_one_finding() {
        let mut files = FILES;
        files[3].1 = "use crate::server::{run, stop};\npub struct Store;\n";
        assert_eq!(found(&ROWS, &files).len(), 1);
    }

    #[test]
    fn every_module_has_a_floor_and_every_row_a_module() {
        assert_eq!(
            found(&ROWS[..2], &FILES)[2..],
            ["docs/architecture.md:9: module `store` of `a` is on no floor: add a row"]
        );
        let mut files = FILES.to_vec();
        files[0].1 = "mod command;\nmod server;\nmod store;\nmod newcomer;\n";
        files.push(("newcomer.rs", "use crate::command;\n"));
        assert_eq!(
            found(&ROWS, &files),
            ["docs/architecture.md:9: module `newcomer` of `a` is on no floor: add a row"]
        );
        let rows = [ROWS.as_slice(), &[(3, "gone", &[])]].concat();
        assert_eq!(
            found(&rows, &FILES),
            ["docs/architecture.md:4: `a` has no module `gone`: delete the row"]
        );
    }

    #[test]
    fn arrows_lead_down_and_are_used() {
        let mut rows = ROWS;
        rows[2].2 = &["server"];
        assert_eq!(
            found(&rows, &FILES),
            [
                "docs/architecture.md:3: `store` may not use `server`, which is on no lower floor: move one of them",
                "docs/architecture.md:3: `store` does not use `server`: delete it from the row",
            ]
        );
    }

    #[test]
    fn rows_are_sorted_by_floor() {
        let rows = [ROWS[0], ROWS[2], ROWS[1]];
        let found = found(&rows, &FILES);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found.iter().all(|finding| finding.contains("out of order")),
            "{found:?}"
        );
    }
}
