//! `docs/security.md` names a test for what it promises: each must be there.

use std::fs;
use std::path::Path;

const DOCUMENT: &str = include_str!("../../../../docs/security.md");

/// The names in backticks with `::` in them: the file, and the test in it.
fn named() -> Vec<(&'static str, &'static str)> {
    let quoted = DOCUMENT.split('`').skip(1).step_by(2);
    quoted.filter_map(|name| name.split_once("::")).collect()
}

/// Every test file of the crates whose folder or file has this name.
fn sources(folder: &Path, wanted: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_wanted = path.file_stem().is_some_and(|stem| stem == wanted);
        if path.is_dir() && is_wanted {
            found.push(fs::read_to_string(path.join("mod.rs")).unwrap());
        } else if path.is_dir() {
            sources(&path, wanted, found);
        } else if is_wanted {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn each_promise_names_a_test_that_is_there() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut missing = Vec::new();
    for (module, test) in named() {
        let mut texts = Vec::new();
        for member in ["hemera-api", "aither-door", "clerk", "hemera-types"] {
            sources(&crates.join(member).join("tests/it"), module, &mut texts);
        }
        if !texts.iter().any(|text| text.contains(&format!("fn {test}("))) {
            missing.push(format!("{module}::{test}"));
        }
    }
    assert!(named().len() >= 25, "the names are not found in the document");
    assert!(missing.is_empty(), "{missing:#?}");
}
