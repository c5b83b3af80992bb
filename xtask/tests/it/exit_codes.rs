//! The exit codes that docs/operations.md lists for each program are those in its help.

use std::collections::BTreeSet;
use std::path::Path;

/// The programs as the page names them, and where the text of their help is.
const PROGRAMS: [(&str, &str); 4] = [
    ("`hemera-api`", "crates/hemera-api/src/cli/mod.rs"),
    ("`aither`", "crates/aither/src/help.rs"),
    ("`cargo xtask`", "xtask/src/main.rs"),
    ("`clerk-emulator`", "crates/clerk-emulator/src/main.rs"),
];

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// The codes of a program's column, `–` left out.
fn documented(program: &str) -> BTreeSet<u8> {
    let page = text("docs/operations.md");
    let (_, section) = page.split_once("\n### Exit codes\n").unwrap();
    let rows: Vec<Vec<&str>> = section
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let column = rows[0].iter().position(|name| *name == program).unwrap();
    let of_program = rows[2..].iter().filter(|row| row[column] != "–");
    of_program.map(|row| row[0].parse().unwrap()).collect()
}

/// The codes of the paragraph in the help, which has no other numbers.
fn helped(source: &str) -> BTreeSet<u8> {
    let (_, rest) = source.split_once("Exit codes:").unwrap();
    let end = ["\"", "\n\n", "#["].iter().filter_map(|end| rest.find(end)).min();
    let words = rest[..end.unwrap()].split(|character: char| !character.is_ascii_alphanumeric());
    words.filter_map(|word| word.parse().ok()).collect()
}

#[test]
fn the_codes_of_each_help_are_those_of_the_page() {
    for (program, file) in PROGRAMS {
        let codes = helped(&text(file));
        assert!(
            codes.is_superset(&BTreeSet::from([0, 1, 2])),
            "{program}: {codes:?}"
        );
        assert_eq!(codes, documented(program), "{program}");
    }
}
