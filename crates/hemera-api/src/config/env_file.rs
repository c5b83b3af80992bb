//! An environment file (`--env-file`): lines of `NAME=value`, as shells and containers read them.

use std::path::Path;

use super::report::Fault;

/// The variables of the file, in its order. What is wrong with the file is one fault, which never
/// repeats a line: a secret may stand there.
pub(super) fn read(path: &Path, faults: &mut Vec<Fault>) -> Vec<(String, String)> {
    let shown = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let problem = format!(
                "cannot be read ({}): name a file that is there, and that this user may read, with --env-file",
                error.kind()
            );
            faults.push(Fault::new(shown, problem));
            return Vec::new();
        }
    };
    let variables: Result<Vec<_>, _> = dotenvy::from_read_iter(text.as_bytes()).collect();
    variables.unwrap_or_else(|error| {
        faults.push(Fault::new(shown, problem(&error, &text)));
        Vec::new()
    })
}

fn problem(error: &dotenvy::Error, text: &str) -> String {
    let place = match error {
        dotenvy::Error::LineParse(wrong, _) => {
            text.lines().position(|line| line.trim_end() == wrong.trim_end())
        }
        _ => None,
    };
    let place = place.map_or_else(String::new, |index| format!(" at line {}", index + 1));
    format!(
        "is not an environment file{place}: write NAME=value, with single quotes around a value that has blanks, $ or #"
    )
}
