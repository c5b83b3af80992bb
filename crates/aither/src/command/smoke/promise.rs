//! What became of a promise.

use aither_client::Error;

use crate::exit::Exit;
use crate::failure::Failure;

/// What to do where something else answers than Hemera.
pub(super) const NOT_HEMERA: &str = "check that the address leads to Hemera, and what stands in front of it";

/// A promise that is not broken.
#[derive(Debug)]
pub(super) enum Kept {
    /// It is kept, and this was found.
    Yes(String),
    /// It could not be tried, for this reason.
    NotTried(String),
}

/// A promise that is broken.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) found: String,
    pub(super) remedy: String,
    pub(super) exit: Exit,
}

impl Broken {
    pub(super) fn new(found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            found: found.into(),
            remedy: remedy.into(),
            exit: Exit::Failed,
        }
    }
}

/// The exit code says whether Hemera cannot be reached, as with every other command.
impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        let request = error.request_id().map(|id| format!(" (request {id})"));
        Self {
            found: format!("{}{}", error.summary(), request.unwrap_or_default()),
            remedy: error.advice(),
            exit: Failure::from(error).exit(),
        }
    }
}
