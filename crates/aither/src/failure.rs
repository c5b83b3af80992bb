//! Why a command did not do what it was asked for: one line for people, the same facts for programs.

use std::fmt;
use std::io;
use std::time::Duration;

use aither_client::hemera_types::FieldError;
use aither_client::{Error, SettingsError, TokenUnavailable};
use serde::Serialize;
use serde_json::{Value, json};

use crate::console::Console;
use crate::exit::Exit;

/// A failure. Its text is one line that says what happened, what to do, and which request it was. It has no secret in it.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Failure(Box<Facts>);

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    #[serde(skip)]
    exit: Exit,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
    /// The code of the contract, if Hemera gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// The status of Hemera's response.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// Requests that were sent to Hemera for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
    /// When the same command may succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<f64>,
    /// More of it for programs, such as every fault of an input.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Value>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, summary: impl Into<String>) -> Self {
        Self(Box::new(Facts {
            exit,
            summary: summary.into(),
            advice: None,
            code: None,
            status: None,
            fields: Vec::new(),
            request_id: None,
            attempts: None,
            retry_after_seconds: None,
            details: None,
        }))
    }

    /// Wrong arguments: nothing was sent.
    pub(crate) fn usage(summary: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Exit::Usage, summary).with_advice(advice)
    }

    /// Adds what to do.
    pub(crate) fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    /// Adds what a program can use and a line cannot hold.
    pub(crate) fn with_details(mut self, details: Value) -> Self {
        self.0.details = Some(details);
        self
    }

    /// A signal has ended the command.
    pub(crate) fn interrupted(exit: Exit) -> Self {
        Self::new(exit, "interrupted")
            .with_advice("nothing is left half done: give the same command again to complete it")
    }

    pub(crate) const fn exit(&self) -> Exit {
        self.0.exit
    }

    /// Shows it on standard error: as a line for people, or as one of JSON.
    pub(crate) fn show(&self, console: &Console, is_json: bool) {
        if is_json {
            console.note(json!({ "error": self, "exitCode": self.0.exit.code() }));
        } else {
            console.note(format_args!("error: {self}"));
        }
    }

    /// Whether a signal has ended the command.
    pub(crate) const fn is_interruption(&self) -> bool {
        matches!(self.0.exit, Exit::Interrupted | Exit::Terminated)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.summary)?;
        if let Some(advice) = &self.0.advice {
            write!(f, "; {advice}")?;
        }
        match (&self.0.request_id, self.0.attempts) {
            (Some(id), Some(0)) => write!(f, " (request {id}, nothing sent)"),
            (Some(id), Some(1) | None) => write!(f, " (request {id})"),
            (Some(id), Some(attempts)) => write!(f, " (request {id}, {attempts} attempts)"),
            (None, _) => Ok(()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // A wait without an end is no number of seconds.
        let wait = error.retry_after().filter(|wait| *wait != Duration::MAX);
        let mut failure = Self::new(exit_of(&error), error.summary()).with_advice(error.advice());
        let facts = &mut *failure.0;
        facts.code = error.code().map(ToString::to_string);
        facts.status = error.status().map(|status| status.as_u16());
        facts.fields = error.fields().to_vec();
        facts.request_id = error.request_id().map(ToString::to_string);
        facts.attempts = error.request_id().map(|_| error.attempts());
        facts.retry_after_seconds = wait.map(|wait| wait.as_secs_f64());
        failure
    }
}

/// A token that an operator must make possible again is a matter of settings, all else that lasts is a refusal.
fn exit_of(error: &Error) -> Exit {
    let is_down = error.is_timeout() || error.is_connection() || error.is_unavailable();
    if error.is_token_unavailable() && !error.is_transient() {
        Exit::Configuration
    } else if is_down || error.is_token_unavailable() {
        Exit::Unreachable
    } else {
        Exit::Failed
    }
}

impl From<TokenUnavailable> for Failure {
    fn from(unavailable: TokenUnavailable) -> Self {
        let exit = if unavailable.is_transient() {
            Exit::Unreachable
        } else {
            Exit::Configuration
        };
        let failure = Self::new(
            exit,
            format!("no token could be fetched: {}", unavailable.summary()),
        );
        match unavailable.remedy() {
            Some(remedy) => failure.with_advice(remedy),
            None => failure,
        }
    }
}

/// Wrong arguments, without the lines that show the usage to people.
impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        let text = error.render().to_string();
        let said: Vec<&str> = text
            .lines()
            .take_while(|line| !line.is_empty())
            .map(str::trim)
            .collect();
        let said = said.join(" ");
        Self::usage(said.strip_prefix("error: ").unwrap_or(&said), "see --help")
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::new(Exit::Configuration, format!("the settings have faults: {error}"))
            .with_advice("set them in the environment or in .env; `aither --help` lists the least")
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(Exit::Failed, format!("this machine refused: {error}"))
    }
}
