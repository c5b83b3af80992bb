//! What `docs/architecture.md` declares: which crate may depend on which, and the floors of the crates that have some.
//!
//! The document is the only place of these rules. Names stand in backquotes, separated by commas; `–` stands for none. A
//! module may also use `all below`: every module on a lower floor.

use self::markdown::{Cell, MarkdownRow, MarkdownTable, Section, sections};
use super::{Finding, TextFile};

mod markdown;

/// Where it is declared.
const DOCUMENT: &str = "docs/architecture.md";

const CRATES: [&str; 4] = ["crate", "what it is", "may depend on", "in tests also"];
const FLOORS: [&str; 4] = ["floor", "module", "what it is", "may use"];

/// The tables of the document.
#[derive(Debug, Default)]
pub(super) struct Architecture {
    pub(super) crates: Vec<DeclaredCrate>,
    pub(super) floors: Vec<Floors>,
}

/// A row of the table of crates.
#[derive(Debug)]
pub(super) struct DeclaredCrate {
    pub(super) name: String,
    pub(super) may_use: Vec<String>,
    /// Besides, in tests only.
    pub(super) in_tests: Vec<String>,
    pub(super) line: usize,
}

/// The floors of one crate, from the top.
#[derive(Debug)]
pub(super) struct Floors {
    pub(super) package: String,
    pub(super) line: usize,
    pub(super) modules: Vec<DeclaredModule>,
}

/// A module in a table of floors.
#[derive(Debug)]
pub(super) struct DeclaredModule {
    pub(super) name: String,
    /// Counted from the top.
    pub(super) floor: u32,
    pub(super) may_use: MayUse,
    pub(super) line: usize,
}

/// What a module may use.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum MayUse {
    /// These modules.
    Named(Vec<String>),
    /// Every module on a lower floor.
    AllBelow,
}

const ALL_BELOW: &str = "all below";

/// A finding in the document itself.
pub(super) fn finding(line: usize, what: String) -> Finding {
    Finding {
        path: DOCUMENT.into(),
        line,
        what,
    }
}

/// Reads the document, and finds what in it cannot be read.
pub(super) fn read(files: &[TextFile]) -> (Architecture, Vec<Finding>) {
    let mut architecture = Architecture::default();
    let mut findings = Vec::new();
    let document = files
        .iter()
        .find(|file| file.path == std::path::Path::new(DOCUMENT));
    for section in sections(document.map(|file| file.text.as_str()).unwrap_or_default()) {
        for table in &section.tables {
            if is(table, &CRATES) {
                let rows = table
                    .rows
                    .iter()
                    .filter_map(|row| declared_crate(row, &mut findings));
                architecture.crates.extend(rows);
            }
        }
        if section.heading.text.starts_with("Floors of") {
            architecture.floors.extend(floors(&section, &mut findings));
        }
    }
    if architecture.crates.is_empty() {
        let header = CRATES.join(" | ");
        findings.push(finding(0, format!("has no table of crates: | {header} |")));
    }
    (architecture, findings)
}

fn declared_crate(row: &MarkdownRow, findings: &mut Vec<Finding>) -> Option<DeclaredCrate> {
    let [name, _, may_use, in_tests] = row.cells.as_slice() else {
        return None;
    };
    Some(DeclaredCrate {
        name: one_name(row, name, findings)?,
        may_use: names(row, may_use, findings),
        in_tests: names(row, in_tests, findings),
        line: row.line,
    })
}

fn floors(section: &Section, findings: &mut Vec<Finding>) -> Option<Floors> {
    let table = section.tables.iter().find(|table| is(table, &FLOORS));
    let ([package], Some(table)) = (section.heading.code.as_slice(), table) else {
        let header = FLOORS.join(" | ");
        findings.push(finding(
            section.line,
            format!("name one crate in backquotes in the heading, and put the table under it: | {header} |"),
        ));
        return None;
    };
    Some(Floors {
        package: package.clone(),
        line: section.line,
        modules: table
            .rows
            .iter()
            .flat_map(|row| declared_modules(row, findings))
            .collect(),
    })
}

/// The modules of a row, which share all that it says.
fn declared_modules(row: &MarkdownRow, findings: &mut Vec<Finding>) -> Vec<DeclaredModule> {
    let [floor, modules, _, may_use] = row.cells.as_slice() else {
        return Vec::new();
    };
    let Ok(floor) = floor.text.trim().parse() else {
        let what = "the floor is not a number: count from 1 at the top".to_owned();
        findings.push(finding(row.line, what));
        return Vec::new();
    };
    let may_use = if may_use.text.trim() == ALL_BELOW && may_use.code.is_empty() {
        MayUse::AllBelow
    } else {
        MayUse::Named(names(row, may_use, findings))
    };
    names(row, modules, findings)
        .into_iter()
        .map(|name| DeclaredModule {
            name,
            floor,
            may_use: may_use.clone(),
            line: row.line,
        })
        .collect()
}

fn is(table: &MarkdownTable, header: &[&str]) -> bool {
    table
        .header
        .iter()
        .map(|cell| cell.text.as_str())
        .eq(header.iter().copied())
}

fn one_name(row: &MarkdownRow, cell: &Cell, findings: &mut Vec<Finding>) -> Option<String> {
    if let ([name], "") = (cell.code.as_slice(), cell.text.trim()) {
        return Some(name.clone());
    }
    findings.push(finding(
        row.line,
        "a row is about one name: write it in backquotes".to_owned(),
    ));
    None
}

fn names(row: &MarkdownRow, cell: &Cell, findings: &mut Vec<Finding>) -> Vec<String> {
    let separators = cell
        .text
        .chars()
        .all(|other| other == ',' || other.is_whitespace());
    let none = cell.code.is_empty() && cell.text.trim() == "–";
    if !none && (cell.code.is_empty() || !separators) {
        findings.push(finding(
            row.line,
            "write names in backquotes, separated by commas, or `–` for none".to_owned(),
        ));
    }
    cell.code.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE_OF_CRATES: &str = "| crate | what it is | may depend on | in tests also |\n\
        | --- | --- | --- | --- |\n\
        | `a` | the first | – | – |\n\
        | `b` | the second | `a` | `c`, `d` |\n";

    fn read_text(text: &str) -> (Architecture, Vec<String>) {
        let file = TextFile {
            path: DOCUMENT.into(),
            text: text.to_owned(),
        };
        let (architecture, findings) = read(&[file]);
        (architecture, findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn crates_are_read_with_what_they_may_use() {
        let (architecture, findings) = read_text(TABLE_OF_CRATES);
        assert!(findings.is_empty(), "{findings:?}");
        let [a, b] = architecture.crates.as_slice() else {
            panic!("{architecture:?}");
        };
        assert!(a.name == "a" && a.may_use.is_empty() && a.in_tests.is_empty());
        assert_eq!((b.may_use.as_slice(), b.line), (["a".to_owned()].as_slice(), 4));
        assert_eq!(b.in_tests, ["c", "d"]);
    }

    #[test]
    fn floors_are_read_under_the_heading_that_names_the_crate() {
        let (architecture, findings) = read_text(&format!(
            "{TABLE_OF_CRATES}\n### Floors of `b`\n\n| floor | module | what it is | may use |\n| --- | --- | --- | --- |\n\
             | 1 | `cli` | commands | all below |\n| 2 | `core` | rules | `base` |\n| 3 | `base`, `time` | x | – |\n"
        ));
        assert!(findings.is_empty(), "{findings:?}");
        let floors = &architecture.floors[0];
        assert_eq!((floors.package.as_str(), floors.modules.len()), ("b", 4));
        assert_eq!(floors.modules[0].may_use, MayUse::AllBelow);
        assert_eq!(floors.modules[1].may_use, MayUse::Named(vec!["base".to_owned()]));
        assert_eq!((floors.modules[1].floor, floors.modules[1].line), (2, 11));
        assert_eq!(
            (floors.modules[3].name.as_str(), floors.modules[3].floor),
            ("time", 3)
        );
    }

    #[test]
    fn what_cannot_be_read_is_found_with_its_line() {
        let broken = "| crate | what it is | may depend on | in tests also |\n| --- | --- | --- | --- |\n\
            | `a` | x | all of them | – |\n| a | x | – | – |\n\n\
            ## Floors of the rest\n\n## Floors of `a`\n\n| floor | module | what it is | may use |\n\
            | --- | --- | --- | --- |\n| top | `m` | x | – |\n";
        let (_, findings) = read_text(broken);
        let lines: Vec<&str> = findings
            .iter()
            .filter_map(|finding| finding.split(':').nth(1))
            .collect();
        assert_eq!(lines, ["3", "4", "6", "12"], "{findings:?}");
        assert!(read_text("nothing").1[0].contains("no table of crates"));
    }
}
