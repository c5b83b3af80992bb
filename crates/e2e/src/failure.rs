//! A promise that did not hold: what was expected, what came, and what the server said about it.

use std::error::Error as StdError;
use std::fmt::{self, Debug};

use serde::Serialize;

/// Why a step failed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    expected: String,
    came: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    server_log: Vec<String>,
}

impl Failure {
    /// Something else came than was expected.
    pub(crate) fn new(expected: impl Into<String>, came: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            came: came.into(),
            request_id: None,
            server_log: Vec::new(),
        }
    }

    /// The exchange that it happened in, whose log lines are worth showing.
    pub(crate) fn in_request(mut self, request_id: Option<impl Into<String>>) -> Self {
        self.request_id = request_id.map(Into::into);
        self
    }

    /// Where in a document the promise stands.
    pub(crate) fn at(mut self, place: impl fmt::Display) -> Self {
        self.expected = format!("{place}: {}", self.expected);
        self
    }

    /// The id of the exchange that it happened in.
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// What the server logged about that exchange.
    pub(crate) fn with_server_log(mut self, lines: Vec<String>) -> Self {
        self.server_log = lines;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "      expected: {}", self.expected)?;
        writeln!(f, "      came:     {}", self.came)?;
        if let Some(request_id) = &self.request_id {
            writeln!(f, "      request:  {request_id}")?;
        }
        for line in &self.server_log {
            writeln!(f, "      server:   {line}")?;
        }
        Ok(())
    }
}

/// An error of the walk itself, such as a database that went away.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new("the step to run", format!("{error:#}"))
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::new("PostgreSQL to answer", chain(&error))
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self::new("an answer over HTTP", chain(&error))
    }
}

impl From<aither_client::Error> for Failure {
    fn from(error: aither_client::Error) -> Self {
        let request_id = error.request_id().map(ToString::to_string);
        Self::new("Hemera to answer the client", chain(&error)).in_request(request_id)
    }
}

/// An error with all its causes, in one line.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Fails unless both are equal.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the calls read as sentences without a `&` at every word"
)]
pub(crate) fn equal<T: PartialEq + Debug>(what: &str, expected: T, came: T) -> Result<(), Failure> {
    if expected == came {
        return Ok(());
    }
    Err(Failure::new(
        format!("{what} to be {expected:?}"),
        format!("{came:?}"),
    ))
}

/// Fails unless it holds.
pub(crate) fn holds(expected: &str, holds: bool, came: impl Debug) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        Err(Failure::new(expected, format!("{came:?}")))
    }
}
