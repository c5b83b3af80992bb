//! What became of every result.

use std::fmt;
use std::path::PathBuf;

use aither_client::hemera_types::ParticipationId;
use serde::Serialize;

/// What became of the results of an input. Every row is counted once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImportReport {
    /// Rows of the input.
    pub rows: u64,
    /// Results that this run has written.
    pub updated: u64,
    /// Results that this run has asked for and that Hemera had already.
    pub unchanged: u64,
    /// Results that an earlier run has written, by the journal; this run has not asked for them.
    pub written_before: u64,
    /// Results that were not written, in the order of the input.
    pub not_written: Vec<NotWritten>,
    /// Requests sent to Hemera, including retries.
    pub requests: u64,
    /// The journal. Without it, another run of the same input asks for every row again.
    pub journal: PathBuf,
}

/// A result that was not written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotWritten {
    /// Its row, as in a [`Fault`](super::Fault).
    pub row: u64,
    /// The line on which the row begins.
    pub line: u64,
    /// The participation.
    pub participation_id: ParticipationId,
    /// Why.
    pub reason: Reason,
    /// The current version of the participation, if Hemera said it.
    pub etag: Option<String>,
}

/// Why a result was not written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Reason {
    /// The participation is not the one that `ifMatch` names: another caller has written in between.
    PreconditionFailed,
    /// Hemera has no such participation.
    NotFound,
    /// Hemera could not say what became of it, every time that it was sent.
    Unknown,
    /// Hemera's time was up before it, every time that it was sent.
    NotReached,
    /// A verdict that this version does not know.
    Other(String),
}

impl Reason {
    /// What to do about it.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::PreconditionFailed => {
                "read the participation again, decide, and import the row with its new tag"
            }
            Self::NotFound => "check the id; the participation may have been deleted",
            Self::Unknown | Self::NotReached => {
                "run the import again later; what is written is not written twice"
            }
            Self::Other(_) => "update this program, or ask Hemera's operators what it means",
        }
    }
}

/// What happened, without the [advice](Reason::advice).
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PreconditionFailed => f.write_str("another caller has changed the participation"),
            Self::NotFound => f.write_str("there is no such participation"),
            Self::Unknown => f.write_str("Hemera could not say what became of it"),
            Self::NotReached => f.write_str("Hemera's time was up before it"),
            Self::Other(verdict) => write!(f, "Hemera's verdict was {verdict}"),
        }
    }
}

impl fmt::Display for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            row,
            participation_id,
            reason,
            ..
        } = self;
        write!(f, "row {row}, {participation_id}: {reason}; {}", reason.advice())
    }
}

impl ImportReport {
    /// Results that are at Hemera: written now or before, or there already.
    pub const fn written(&self) -> u64 {
        self.written_before + self.updated + self.unchanged
    }

    /// Whether every result of the input is at Hemera.
    pub const fn is_complete(&self) -> bool {
        self.not_written.is_empty()
    }
}
