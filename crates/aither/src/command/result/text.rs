//! The texts of a result: from an argument, a file or standard input.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use aither_client::hemera_types::bounds::RESULT_TEXT_CHARS;
use aither_client::hemera_types::{Patch, ResultText, ResultUpdate};
use clap::Args;

use crate::console::Console;
use crate::failure::Failure;

/// Bytes of a file that are read: more than any text within the limits has, at four bytes a character.
const MAX_BYTES: usize = 4 * RESULT_TEXT_CHARS + 1024;

/// The path that stands for standard input.
const STDIN: &str = "-";

/// What to do with outcome and notes. A text that is not named stays as it is.
#[derive(Debug, Args)]
pub(super) struct TextArguments {
    /// What came of the course for the participant, at most 2,000 characters
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["outcome_file", "clear_outcome"])]
    outcome: Option<String>,
    /// Read the outcome from this file; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "clear_outcome")]
    outcome_file: Option<PathBuf>,
    /// Remove the outcome
    #[arg(long)]
    clear_outcome: bool,
    /// Notes on it, at most 2,000 characters
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["notes_file", "clear_notes"])]
    notes: Option<String>,
    /// Read the notes from this file; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "clear_notes")]
    notes_file: Option<PathBuf>,
    /// Remove the notes
    #[arg(long)]
    clear_notes: bool,
}

/// The arguments for one of the texts.
struct Source<'a> {
    name: &'static str,
    text: Option<&'a str>,
    file: Option<&'a Path>,
    clear: bool,
}

impl TextArguments {
    /// The texts, within their limits.
    ///
    /// # Errors
    /// A text is empty or too long, or its file cannot be read.
    pub(super) fn read(&self, console: &Console) -> Result<ResultUpdate, Failure> {
        let is_stdin = |file: &Option<PathBuf>| file.as_deref() == Some(Path::new(STDIN));
        if is_stdin(&self.outcome_file) && is_stdin(&self.notes_file) {
            return Err(Failure::usage(
                "standard input can be one text only",
                "give the other one as an argument or a file",
            ));
        }
        let outcome = Source {
            name: "outcome",
            text: self.outcome.as_deref(),
            file: self.outcome_file.as_deref(),
            clear: self.clear_outcome,
        };
        let notes = Source {
            name: "notes",
            text: self.notes.as_deref(),
            file: self.notes_file.as_deref(),
            clear: self.clear_notes,
        };
        Ok(ResultUpdate {
            result_outcome: outcome.patch(console)?,
            result_notes: notes.patch(console)?,
            complete: None,
        })
    }
}

impl Source<'_> {
    fn patch(&self, console: &Console) -> Result<Patch<ResultText>, Failure> {
        let text = match (self.text, self.file) {
            _ if self.clear => return Ok(Patch::Null),
            (Some(text), _) => text.to_owned(),
            (None, Some(path)) => self.read(path, console)?,
            (None, None) => return Ok(Patch::Absent),
        };
        // An empty text is more often a variable of a script that is not set than the wish to remove what is there.
        if text.trim().is_empty() {
            return Err(Failure::usage(
                format!("the {} is empty", self.name),
                format!("give --clear-{} to remove it", self.name),
            ));
        }
        let characters = text.chars().count();
        ResultText::parse(text).map(Patch::Value).map_err(|error| {
            Failure::usage(
                format!("the {} {error}, and has {characters}", self.name),
                "shorten it; nothing was written",
            )
        })
    }

    /// The text of a file, without the line breaks at its end.
    fn read(&self, path: &Path, console: &Console) -> Result<String, Failure> {
        let bytes = if path == Path::new(STDIN) {
            if io::stdin().is_terminal() {
                console.note(format_args!(
                    "type the {}, and end it with Ctrl-D on a line of its own:",
                    self.name
                ));
            }
            read_at_most(io::stdin())
        } else {
            File::open(path).and_then(read_at_most)
        };
        let bytes = bytes.map_err(|error| {
            Failure::usage(
                format!(
                    "the {} cannot be read from {} ({})",
                    self.name,
                    path.display(),
                    error.kind()
                ),
                "name a file that is there, or - for standard input",
            )
        })?;
        // What was read may end within a character.
        if bytes.len() == MAX_BYTES {
            return Err(Failure::usage(
                format!(
                    "the {} in {} has more than {RESULT_TEXT_CHARS} characters",
                    self.name,
                    path.display()
                ),
                "shorten it; nothing was written",
            ));
        }
        let text = String::from_utf8(bytes).map_err(|_| {
            Failure::usage(
                format!("the {} in {} is not UTF-8 text", self.name, path.display()),
                "convert it, for example with iconv",
            )
        })?;
        Ok(text.trim_end_matches(['\r', '\n']).replace("\r\n", "\n"))
    }
}

fn read_at_most(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
