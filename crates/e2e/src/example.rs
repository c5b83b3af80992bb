//! Command lines in a document, with what it says that they print.

use std::path::Path;
use std::process::Stdio;

use anyhow::Context;
use tokio::process::Command;

use crate::failure::Failure;

/// What stands for any text in an expected output.
pub(crate) const ANYTHING: char = '…';

/// A fenced block of shell with `curl` in it, and the block right below; or a session at a terminal.
#[derive(Debug)]
pub(crate) struct Example {
    /// Where the block begins, counted from 1.
    pub(crate) line: usize,
    pub(crate) reader: Reader,
    script: String,
    expected: Option<Output>,
}

/// Who runs a block, and so which settings are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// `console run`: an operator, with the server's settings.
    Operator,
    /// `console run auditor`: with an auditor's login and the public key of the log.
    Auditor,
    /// `console run aither`: with Aither's settings.
    Aither,
}

impl Reader {
    /// The reader that the language of a block names, if the block can be run.
    fn of(language: &str) -> Option<Self> {
        match language {
            "console run" => Some(Self::Operator),
            "console run auditor" => Some(Self::Auditor),
            "console run aither" => Some(Self::Aither),
            _ => None,
        }
    }
}

/// What a script is said to print. [`ANYTHING`] stands for any text.
#[derive(Debug)]
enum Output {
    /// As it stands, but for spaces at the ends of lines.
    Text(String),
    /// JSON, laid out for people.
    Json(String),
}

/// A command of a session over several blocks, with what the document says that it prints.
#[derive(Debug)]
pub(crate) struct Shown {
    /// Where its block begins, counted from 1.
    pub(crate) line: usize,
    pub(crate) command: String,
    expected: String,
}

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Block {
    /// What stands behind the fence.
    pub(crate) language: String,
    pub(crate) text: String,
    /// The lines of its fences, counted from 1.
    pub(crate) begins: usize,
    pub(crate) ends: usize,
}

/// The examples of a document in Markdown, in their order.
///
/// A block of the language `console` says whether it can be run here, and by whom: `console run`, `console run auditor`, `console
/// run aither`, or `console not-run`; or it is `console walk`, for [`walked`].
///
/// # Errors
/// A block of `console` that says neither, with its line.
pub(crate) fn examples(document: &str) -> Result<Vec<Example>, Failure> {
    let blocks = blocks(document);
    let mut examples = Vec::new();
    for block in &blocks {
        match block.language.as_str() {
            "sh" if block.text.contains("curl") => examples.push(Example {
                line: block.begins,
                reader: Reader::Operator,
                script: block.text.clone(),
                expected: block.output_below(&blocks),
            }),
            "console not-run" | "console walk" => {}
            console if console.starts_with("console") => {
                let line = || format!("line {}: {console:?}", block.begins);
                let reader = Reader::of(console).ok_or_else(|| {
                    Failure::new("`console run`, with its reader, or `console not-run`", line())
                })?;
                examples.push(block.session(reader));
            }
            _ => {}
        }
    }
    Ok(examples)
}

/// The commands of all blocks `console walk` of a document, in their order: one session of a shell.
pub(crate) fn walked(document: &str) -> Vec<Shown> {
    let blocks = blocks(document).into_iter();
    blocks
        .filter(|block| block.language == "console walk")
        .flat_map(|block| block.commands())
        .collect()
}

impl Shown {
    /// Whether this is what the document says that it prints.
    pub(crate) fn is(&self, printed: &str) -> bool {
        fits(&trimmed(&self.expected), &trimmed(printed))
    }
}

impl Block {
    /// Each command behind `$ `, with the lines that it goes on in behind a backslash, and with what it prints.
    fn commands(&self) -> Vec<Shown> {
        let mut commands: Vec<Shown> = Vec::new();
        for line in self.text.lines() {
            match (commands.last_mut(), line.strip_prefix("$ ")) {
                (_, Some(command)) => commands.push(Shown {
                    line: self.begins,
                    command: command.to_owned(),
                    expected: String::new(),
                }),
                (Some(last), None) => {
                    let goes_on = last.expected.is_empty() && last.command.ends_with('\\');
                    let text = if goes_on {
                        &mut last.command
                    } else {
                        &mut last.expected
                    };
                    text.push('\n');
                    text.push_str(line);
                }
                (None, None) => {}
            }
        }
        commands
    }

    /// What the block right below says that this one prints.
    fn output_below(&self, blocks: &[Self]) -> Option<Output> {
        let below = (self.ends + 1)..=(self.ends + 2);
        let below = blocks.iter().find(|other| below.contains(&other.begins))?;
        match below.language.as_str() {
            "text" => Some(Output::Text(below.text.clone())),
            "json" => Some(Output::Json(below.text.clone())),
            _ => None,
        }
    }

    /// Commands behind `$ `, with what they print between them, if the document says it.
    fn session(&self, reader: Reader) -> Example {
        let (mut script, mut expected) = (String::new(), String::new());
        for line in self.text.lines() {
            let (text, line) = match line.strip_prefix("$ ") {
                Some(command) => (&mut script, command),
                None if script.ends_with("\\\n") => (&mut script, line),
                None => (&mut expected, line),
            };
            text.push_str(line);
            text.push('\n');
        }
        Example {
            line: self.begins,
            reader,
            script,
            expected: (!expected.trim().is_empty()).then_some(Output::Text(expected)),
        }
    }
}

/// All fenced blocks of a document.
pub(crate) fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in document.lines().enumerate() {
        let number = number + 1;
        match (line.strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => blocks.push(Block {
                ends: number,
                ..block
            }),
            (Some(language), None) => {
                open = Some(Block {
                    language: language.trim().to_owned(),
                    text: String::new(),
                    begins: number,
                    ends: number,
                });
            }
            (None, Some(mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    blocks
}

impl Example {
    /// Whether it counts on what nothing else has used yet, such as the limit of a caller.
    pub(crate) fn needs_a_server_of_its_own(&self) -> bool {
        self.script.contains("curl")
    }

    /// Runs it in that folder as a reader would who has set these variables, and holds what it prints against the
    /// document.
    pub(crate) async fn run(&self, folder: &Path, variables: &[(String, String)]) -> Result<(), Failure> {
        let asked = Command::new("/bin/sh")
            .args(["-e", "-u", "-c", &self.script])
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .current_dir(folder)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = asked.await.context("/bin/sh cannot be started")?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        if complaint.contains("curl: not found") {
            return Err(Failure::new(
                "curl to be installed",
                "none on the path: apt-get install curl",
            ));
        }
        if !output.status.success() {
            return Err(Failure::new(
                "exit code 0",
                format!("{}\n{complaint}{printed}", output.status),
            ));
        }
        match &self.expected {
            None => Ok(()),
            Some(expected) if expected.matches(&printed) => Ok(()),
            Some(Output::Text(text) | Output::Json(text)) => Err(Failure::new(text, printed)),
        }
    }
}

impl Output {
    fn matches(&self, printed: &str) -> bool {
        match self {
            Self::Text(expected) => fits(&trimmed(expected), &trimmed(printed)),
            Self::Json(expected) => fits(&without_layout(expected), &without_layout(printed)),
        }
    }
}

pub(crate) fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}

fn without_layout(json: &str) -> String {
    json.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether a text is the expected one, in which [`ANYTHING`] stands for any text.
pub(crate) fn fits(expected: &str, text: &str) -> bool {
    let mut pieces = expected.split(ANYTHING);
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_stands_for_any_text_and_for_nothing_else() {
        for (expected, text, is_it) in [
            ("", "", true),
            ("a", "a", true),
            ("a", "ab", false),
            ("a…", "abc", true),
            ("…c", "abc", true),
            ("a…c", "ac", true),
            ("a…c", "acd", false),
            ("a…b…c", "a1b2c", true),
            ("a…b…c", "a1c", false),
            ("a…a", "a", false),
        ] {
            assert_eq!(fits(expected, text), is_it, "{expected:?} and {text:?}");
        }
    }

    #[test]
    fn an_example_is_shell_with_curl_and_the_block_below() {
        let document = "# t\n```sh\ncurl a\n```\n\n```json\n{ \"a\": 1 }\n```\n```sh\nls\n```\n\n```sh\ncurl b\n```\ntext\n\n```text\nno\n```\n";
        let found = examples(document).unwrap();
        let seen: Vec<_> = found
            .iter()
            .map(|example| (example.line, example.script.as_str(), example.expected.is_some()))
            .collect();
        assert_eq!(seen, [(2, "curl a\n", true), (13, "curl b\n", false)]);
        assert!(found[0].expected.as_ref().unwrap().matches("{\"a\":1}\n"));
    }

    #[test]
    fn a_session_is_its_commands_and_what_they_print() {
        let document = "```console run\n$ a   # first\n$ b\nprinted\n```\n```console not-run\n$ c\n```\n";
        let found = examples(document).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].script, "a   # first\nb\n");
        assert!(found[0].expected.as_ref().unwrap().matches("printed\n"));
    }

    #[test]
    fn a_walk_is_one_session_over_its_blocks() {
        let document = "```console walk\n$ a \\\n  b\nprinted\n$ c\n```\n```console run\n$ no\n```\n```console walk\n$ d\n1 …\n2\n```\n";
        let found = walked(document);
        let seen: Vec<_> = found
            .iter()
            .map(|shown| (shown.line, shown.command.as_str()))
            .collect();
        assert_eq!(seen, [(1, "a \\\n  b"), (1, "c"), (10, "d")]);
        assert!(found[0].is("printed\n"));
        assert!(found[1].is("") && !found[1].is("printed"));
        assert!(found[2].is("1 of 3\n2") && !found[2].is("1 of 3"));
    }

    #[test]
    fn a_session_that_does_not_say_whether_it_runs_is_refused() {
        for language in ["console", "console maybe", "console run nobody"] {
            let refused = examples(&format!("```{language}\n$ a\n```\n")).unwrap_err();
            assert!(refused.to_string().contains("line 1"), "{refused}");
        }
    }

    #[test]
    fn a_session_says_who_runs_it_and_may_go_on_in_the_next_line() {
        let document =
            "```console run auditor\n$ a \\\n    b\nprinted\n```\n```console run aither\n$ c\n```\n";
        let found = examples(document).unwrap();
        assert_eq!(found[0].script, "a \\\n    b\n");
        assert_eq!(
            (found[0].reader, found[1].reader),
            (Reader::Auditor, Reader::Aither)
        );
    }

    #[tokio::test]
    async fn a_script_that_fails_or_prints_something_else_is_a_failure() {
        let run = async |shell: &str| {
            let document = format!("```sh\n{shell} # curl\n```\n\n```text\na … c\n```\n");
            let example = examples(&document).unwrap().remove(0);
            let variables = [("HEMERA".to_owned(), "b".to_owned())];
            example.run(Path::new("/"), &variables).await
        };
        assert!(run("echo a $HEMERA c").await.is_ok());
        assert!(run("echo a $HEMERA d").await.is_err());
        assert!(run("echo a b c; false").await.is_err());
    }
}
