//! The files that say what every Hemera does.

use std::path::PathBuf;

use crate::transcript::Transcript;
use crate::under_test::HemeraUnderTest;

/// The variable that lets the server's tests write the files.
const UPDATE: &str = "UPDATE_EXPECTED_BEHAVIOUR";

/// Compares a transcript with the file of the scenario.
pub(crate) fn compare<H: HemeraUnderTest>(scenario: &str, transcript: &Transcript) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("expected/{scenario}.txt"));
    let text = transcript.text();
    if H::IS_THE_SERVER && std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, text).expect("a folder that can be written to");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == expected,
        "{}\nThe file is {}. If it is the contract that has changed, run the server's tests with {UPDATE}=1.",
        first_difference(text, &expected),
        path.display()
    );
}

/// The first line that differs, with the lines before it back to the request.
fn first_difference(text: &str, expected: &str) -> String {
    let (here, there): (Vec<_>, Vec<_>) = (text.lines().collect(), expected.lines().collect());
    let same = here
        .iter()
        .zip(&there)
        .take_while(|(here, there)| here == there)
        .count();
    let begin = here[..same]
        .iter()
        .rposition(|line| line.is_empty())
        .unwrap_or_default();
    let line = |lines: &[&str]| lines.get(same).copied().unwrap_or("(the end)").to_owned();
    format!(
        "after\n{}\nthis Hemera answers\n    {}\nwhere this is expected\n    {}",
        here[begin..same].join("\n"),
        line(&here),
        line(&there)
    )
}
