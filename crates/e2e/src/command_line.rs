//! The command lines of our own programs in the documents, and whether the programs take them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use tokio::process::Command;

use crate::example::{ANYTHING, Block, blocks};
use crate::failure::Failure;
use crate::stack::{self, Programs};

/// Lines of logs that begin with the name of a program.
const LOG_LINES: [&str; 1] = ["hemera-api starts"];

/// A program of this workspace, as documents write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Program {
    HemeraApi,
    Aither,
    ClerkEmulator,
    Xtask,
}

/// One command line, without what stands around it in a shell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CommandLine {
    program: Program,
    arguments: Vec<String>,
}

/// The command lines in blocks of a shell and in spans of code, each once.
pub(crate) fn command_lines(document: &str) -> BTreeSet<CommandLine> {
    let blocks = blocks(document);
    let mut lines = BTreeSet::new();
    for block in &blocks {
        for line in shell_lines(block) {
            lines.extend(of_shell(&line));
        }
    }
    for span in spans(document, &blocks) {
        if LOG_LINES.contains(&span.as_str()) {
            continue;
        }
        // A span is one command, or no command at all: a name of a file or a setting.
        lines.extend(segments(&span).first().and_then(|words| of_words(words)));
    }
    lines
}

/// The lines of a block that a person types.
fn shell_lines(block: &Block) -> Vec<String> {
    let is_console = block.language.starts_with("console");
    if !is_console && !["sh", "bash"].contains(&block.language.as_str()) {
        return Vec::new();
    }
    let text = block.text.replace("\\\n", " ");
    let typed = text.lines().filter_map(|line| {
        if !is_console {
            return Some(line);
        }
        line.strip_prefix("$ ").or_else(|| line.strip_prefix("# "))
    });
    typed.map(str::to_owned).collect()
}

/// What stands between single backticks outside of blocks, each on one line.
fn spans(document: &str, blocks: &[Block]) -> Vec<String> {
    let outside = document.lines().enumerate().filter(|(number, _)| {
        let number = number + 1;
        blocks
            .iter()
            .all(|block| number < block.begins || number > block.ends)
    });
    let mut text = String::new();
    for (_, line) in outside {
        text.push_str(line.trim());
        // A span goes over the end of a line, and never over that of a paragraph or a row of a table.
        text.push(if line.trim().is_empty() || line.starts_with('|') {
            '\n'
        } else {
            ' '
        });
    }
    let mut spans = Vec::new();
    for paragraph in text.lines() {
        let pieces = paragraph.split('`').skip(1).step_by(2);
        spans.extend(pieces.map(str::to_owned));
    }
    spans
}

fn of_shell(line: &str) -> Vec<CommandLine> {
    segments(line)
        .iter()
        .filter_map(|words| of_words(words))
        .collect()
}

/// The commands of a line: words between the characters that end a command, comments left out. What `$(…)` runs is a command
/// of its own, also between quotes.
fn segments(line: &str) -> Vec<Vec<String>> {
    let mut segments: Vec<Vec<String>> = vec![Vec::new()];
    let mut word = String::new();
    let mut quote = None;
    let mut previous = ' ';
    for c in line.chars() {
        let is_comment = c == '#' && quote.is_none() && previous.is_whitespace();
        if is_comment {
            break;
        }
        let substitutes = c == '(' && previous == '$' && quote != Some('\'');
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) if !substitutes => word.push(c),
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c.is_whitespace() => end(&mut word, &mut segments),
            None if !"|;&()<>`".contains(c) => word.push(c),
            _ => {
                quote = None;
                end(&mut word, &mut segments);
                segments.push(Vec::new());
            }
        }
        previous = c;
    }
    end(&mut word, &mut segments);
    segments.retain(|words| !words.is_empty());
    segments
}

fn end(word: &mut String, segments: &mut [Vec<String>]) {
    if let Some(segment) = segments.last_mut()
        && !word.is_empty()
    {
        segment.push(std::mem::take(word));
    }
}

/// The command of ours that these words are, if it is one.
fn of_words(words: &[String]) -> Option<CommandLine> {
    let is_assignment = |word: &str| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
    };
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.retain(|word| *word != "sudo" && *word != "exec");
    let first = words.iter().position(|word| !is_assignment(word))?;
    let arguments = |from: usize| named_arguments(&words[from..]);
    let program = match (words[first], words.get(first + 1)) {
        ("hemera-api" | "hemera", _) => Program::HemeraApi,
        ("aither", _) => Program::Aither,
        ("clerk-emulator", _) => Program::ClerkEmulator,
        ("cargo", Some(&"xtask")) => {
            // These two pass on what they are given.
            let program = match words.get(first + 2) {
                Some(&"clerk") => Program::HemeraApi,
                Some(&"smoke") => Program::Aither,
                _ => Program::Xtask,
            };
            return Some(CommandLine {
                program,
                arguments: arguments(first + 2),
            });
        }
        // The image has the name of its program.
        ("podman" | "docker", _) => {
            let image = words.iter().position(|word| *word == "hemera-api")?;
            let is_run = words.contains(&"run");
            return is_run.then(|| CommandLine {
                program: Program::HemeraApi,
                arguments: arguments(image + 1),
            });
        }
        _ => return None,
    };
    Some(CommandLine {
        program,
        arguments: arguments(first + 1),
    })
}

/// The arguments, without `…` where it stands for some that the page does not name; behind an option it stands for its value.
fn named_arguments(words: &[&str]) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    for word in words.iter().map(|word| word.trim_matches(['[', ']'])) {
        let is_value = named.last().is_some_and(|last| last.starts_with("--"));
        if (word != "…" || is_value) && !word.is_empty() {
            named.push(word.to_owned());
        }
    }
    named
}

/// Where the programs are.
#[derive(Debug)]
pub(crate) struct Parsers {
    hemera_api: PathBuf,
    aither: PathBuf,
    clerk_emulator: PathBuf,
    xtask: PathBuf,
}

impl Parsers {
    pub(crate) fn find(programs: &Programs) -> anyhow::Result<Self> {
        Ok(Self {
            hemera_api: programs.hemera_api.clone(),
            aither: stack::program("AITHER_BIN")?,
            clerk_emulator: programs.clerk_emulator.clone(),
            xtask: stack::program("XTASK_BIN")?,
        })
    }

    fn of(&self, program: Program) -> &Path {
        match program {
            Program::HemeraApi => &self.hemera_api,
            Program::Aither => &self.aither,
            Program::ClerkEmulator => &self.clerk_emulator,
            Program::Xtask => &self.xtask,
        }
    }

    /// Lets the program read the command line up to a request for help at its end: it takes its subcommands, options and
    /// values in this order and does nothing.
    pub(crate) async fn accept(&self, line: &CommandLine) -> Result<(), Failure> {
        let options = line.arguments.iter().take_while(|word| *word != "--");
        let output = Command::new(self.of(line.program))
            .args(options)
            .arg("--help")
            .env_clear()
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = output.await.context("the program cannot be started")?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        let fault = complaint.lines().next().unwrap_or_default();
        if output.status.success() || is_about_a_placeholder(fault) {
            return Ok(());
        }
        let expected = format!("{:?} to take `{}`", line.program, line.arguments.join(" "));
        Err(Failure::new(expected, fault))
    }
}

/// Whether the fault is that a word which stands for something, such as `NAME` or `2f1c…`, is not that itself.
fn is_about_a_placeholder(fault: &str) -> bool {
    let mut quoted = fault.split('\'').skip(1).step_by(2);
    let value = quoted.next().unwrap_or_default();
    let says_value = fault.contains("invalid value") || fault.contains("unrecognized subcommand");
    let is_word = |c: char| c.is_ascii_uppercase() || "-_:/".contains(c);
    let is_name = value.starts_with('$') || !value.is_empty() && value.chars().all(is_word);
    says_value && (is_name || value.contains(ANYTHING))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(document: &str) -> Vec<String> {
        let lines = command_lines(document);
        let shown = lines
            .iter()
            .map(|line| format!("{:?} {}", line.program, line.arguments.join(" ")));
        shown.collect()
    }

    #[test]
    fn commands_are_found_in_blocks_and_spans_and_nowhere_else() {
        let document = "\
The server is `hemera-api`, and `hemera-api key
list` shows keys. `HEMERA_HTTP__LISTEN` is no command, and `hemera-api starts` neither. `hemera-api audit … --key …`.

```console not-run
$ A=1 sudo hemera-api audit list --since 7d | head -1     # hemera-api not this
hemera-api is printed
$ curl -H \"Authorization: Bearer $(hemera-api clerk token)\" \"$HEMERA\"
# hemera-api healthcheck \\
    --url http://127.0.0.1:8080
$ cargo xtask clerk status && cargo xtask e2e --all
$ podman run --rm hemera-api config check
```

```text
$ hemera-api shown
```
";
        assert_eq!(
            found(document),
            [
                "HemeraApi ",
                "HemeraApi audit --key …",
                "HemeraApi audit list --since 7d",
                "HemeraApi clerk status",
                "HemeraApi clerk token",
                "HemeraApi config check",
                "HemeraApi healthcheck --url http://127.0.0.1:8080",
                "HemeraApi key list",
                "Xtask e2e --all",
            ]
        );
    }

    #[test]
    fn only_placeholders_may_be_no_values() {
        for (fault, is_one) in [
            (
                "error: invalid value 'DURATION' for '--for <DURATION>': expected number",
                true,
            ),
            ("error: invalid value '2f1c…' for '[PARTICIPATION]'", true),
            ("error: unrecognized subcommand 'NAME'", true),
            (
                "error: invalid value '$HEMERA' for '--url <ORIGIN>': relative URL",
                true,
            ),
            ("error: invalid value '2 days' for '--for <DURATION>'", false),
            ("error: unexpected argument '--roled' found", false),
            ("error: unrecognized subcommand 'statsu'", false),
            ("", false),
        ] {
            assert_eq!(is_about_a_placeholder(fault), is_one, "{fault}");
        }
    }
}
