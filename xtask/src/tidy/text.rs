//! Rules about a file's text and its place.

use std::path::Path;

use super::{Finding, TextFile};

/// A file that is longer holds more than one idea.
const LINES: usize = 400;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["utils", "helpers", "common", "misc", "types", "manager"];

/// Work that was put off. Split, so that this file does not find itself.
const LEFT_OVERS: [&str; 4] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!("),
    concat!("unimple", "mented!("),
];

/// Places outside the repository.
const FOREIGN: [&str; 2] = [concat!("/wo", "rk/"), concat!("../", "shared")];

/// How a statement is written down with sqlx.
const SQL: [&str; 8] = [
    concat!("query", "!("),
    concat!("query_as", "!("),
    concat!("query_scalar", "!("),
    concat!("query_file", "!("),
    concat!("query_file_as", "!("),
    concat!("query_file_scalar", "!("),
    concat!("sqlx::", "query"),
    concat!("raw", "_sql("),
];

pub(super) fn check(file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    if file.is_rust() {
        findings.extend(length(file));
        findings.extend(module_doc(file));
        findings.extend(room_name(file));
        findings.extend(sql_outside_its_room(file));
        findings.extend(ignored_tests(file));
    }
    if file.name() != "Cargo.lock" {
        findings.extend(left_overs(file));
        findings.extend(foreign_places(file));
    }
    findings
}

fn length(file: &TextFile) -> Option<Finding> {
    let lines = file.text.lines().count();
    (lines > LINES).then(|| file.finding(0, format!("{lines} lines, at most {LINES}: split it by idea")))
}

/// The first thing in a file is a sentence on what it is.
fn module_doc(file: &TextFile) -> Option<Finding> {
    let mut inside_attribute = false;
    for (number, line) in file.lines() {
        let line = line.trim();
        if line.starts_with("//!") || line.starts_with("#![doc") {
            return None;
        }
        let attribute = line.starts_with("#![") || inside_attribute;
        if attribute {
            inside_attribute = !line.ends_with(']');
            continue;
        }
        let comment = line.starts_with("//") && !line.starts_with("///");
        if !line.is_empty() && !comment {
            return Some(file.finding(number, "no module doc: begin the file with `//!` and what it is"));
        }
    }
    Some(file.finding(0, "no module doc: begin the file with `//!` and what it is"))
}

fn room_name(file: &TextFile) -> Option<Finding> {
    let bad = file.path.components().find_map(|part| {
        let name = Path::new(part.as_os_str()).file_stem()?.to_str()?;
        EMPTY_NAMES.contains(&name).then(|| name.to_owned())
    })?;
    Some(file.finding(
        0,
        format!("`{bad}` says nothing about what is inside: name the idea"),
    ))
}

/// In what ships, SQL stands in `query.rs` files only. The end-to-end crate looks into the database to check the server.
fn sql_outside_its_room(file: &TextFile) -> Vec<Finding> {
    let mut parts = file.path.iter();
    let (top, package, inner) = (parts.next(), parts.next(), parts.next());
    let ships =
        top == Some("crates".as_ref()) && package != Some("e2e".as_ref()) && inner == Some("src".as_ref());
    if !ships || file.name() == "query.rs" {
        return Vec::new();
    }
    code_lines(file)
        .filter(|(_, line)| SQL.iter().any(|sql| line.contains(sql)))
        .map(|(number, _)| {
            file.finding(
                number,
                "SQL outside a `query.rs`: move it to the one of its resource",
            )
        })
        .collect()
}

fn ignored_tests(file: &TextFile) -> Vec<Finding> {
    code_lines(file)
        .filter(|(_, line)| line.trim_start().starts_with(concat!("#[ign", "ore")))
        .map(|(number, _)| file.finding(number, "a test that is ignored proves nothing: fix or delete it"))
        .collect()
}

fn left_overs(file: &TextFile) -> Vec<Finding> {
    let found = |line: &str| LEFT_OVERS.iter().find(|word| contains_word(line, word)).copied();
    file.lines()
        .filter_map(|(number, line)| found(line).map(|word| (number, word)))
        .map(|(number, word)| {
            file.finding(number, format!("`{word}`: do it, or file an issue and delete it"))
        })
        .collect()
}

fn foreign_places(file: &TextFile) -> Vec<Finding> {
    if file.path == Path::new(".ci/run") {
        return Vec::new();
    }
    file.lines()
        .filter(|(_, line)| FOREIGN.iter().any(|place| line.contains(place)))
        .map(|(number, _)| {
            file.finding(
                number,
                "names a place outside the repository: it is not there for others",
            )
        })
        .collect()
}

fn code_lines(file: &TextFile) -> impl Iterator<Item = (usize, &str)> {
    file.lines()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Whether the word stands there by itself, not as a part of a longer one.
fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        let joins = |next: Option<char>| next.is_some_and(|next| next.is_alphanumeric() || next == '_');
        !joins(before) && (word.ends_with('(') || !joins(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = TextFile {
            path: path.into(),
            text: text.to_owned(),
        };
        check(&file)
            .iter()
            .map(|finding| format!("{}: {}", finding.line, finding.what))
            .collect()
    }

    #[test]
    fn a_tidy_file_has_no_findings() {
        assert!(found("crates/a/src/lib.rs", "//! What it is.\n\npub fn f() {}\n").is_empty());
        assert!(
            found(
                "crates/a/src/lib.rs",
                "#![doc = include_str!(\"../README.md\")]\n"
            )
            .is_empty()
        );
        let attribute_first = "#![expect(\n    clippy::unwrap_used,\n    reason = \"tests\"\n)]\n//! What.\n";
        assert!(found("crates/a/tests/it/main.rs", attribute_first).is_empty());
    }

    #[test]
    fn file_without_a_module_doc_is_found() {
        for text in [
            "pub fn f() {}\n",
            "",
            "/// About f.\npub fn f() {}\n",
            "// Not a doc.\npub fn f() {}\n",
        ] {
            let found = found("crates/a/src/b.rs", text);
            assert!(
                found.len() == 1 && found[0].contains("no module doc"),
                "{text:?}: {found:?}"
            );
        }
    }

    #[test]
    fn a_long_file_is_found_and_one_at_the_limit_is_not() {
        let text = |lines: usize| format!("//! Long.\n{}", "//\n".repeat(lines - 1));
        assert!(found("crates/a/src/b.rs", &text(LINES)).is_empty());
        assert!(found("crates/a/src/b.rs", &text(LINES + 1))[0].contains("401 lines"));
    }

    #[test]
    fn empty_names_are_found_as_files_and_as_folders() {
        assert_eq!(found("crates/a/src/utils.rs", "//! U.\n").len(), 1);
        assert_eq!(found("crates/a/src/common/mod.rs", "//! C.\n").len(), 1);
        assert!(found("crates/hemera-types/src/uncommon.rs", "//! Fine.\n").is_empty());
    }

    #[test]
    fn sql_outside_a_query_file_is_found() {
        let text = format!("//! A.\nfn f() {{ sqlx::{}\"select 1\") }}\n", SQL[0]);
        assert_eq!(
            found("crates/hemera-api/src/academy/courses/list.rs", &text).len(),
            1
        );
        assert!(found("crates/hemera-api/src/academy/courses/query.rs", &text).is_empty());
        assert!(found("crates/hemera-api/tests/it/audit.rs", &text).is_empty());
        assert!(found("crates/e2e/src/database.rs", &text).is_empty());
    }

    #[test]
    fn left_overs_and_places_outside_the_repository_are_found_with_their_line() {
        let text = format!("first\n-- {}: later\nsee {}notes\n", LEFT_OVERS[0], FOREIGN[0]);
        let found = found("migrations/1.sql", &text);
        assert!(
            found.len() == 2 && found[0].starts_with("2: ") && found[1].starts_with("3: "),
            "{found:?}"
        );
    }

    #[test]
    fn longer_word_is_not_a_left_over() {
        assert!(
            found(
                "docs/a.md",
                &format!("{}S are not {}_LIST\n", LEFT_OVERS[0], LEFT_OVERS[1])
            )
            .is_empty()
        );
    }

    #[test]
    fn an_ignored_test_is_found() {
        let text = format!("//! T.\n{}]\nfn t() {{}}\n", concat!("#[ign", "ore"));
        assert_eq!(found("crates/a/tests/it/t.rs", &text).len(), 1);
    }
}
