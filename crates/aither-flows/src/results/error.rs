//! Why an import did not end.

use std::fmt;
use std::path::PathBuf;

use aither_client::Error;
use aither_client::hemera_types::FieldErrors;

use super::fault::Faults;
use crate::blocking::Stopped;
use crate::disk::DiskError;

/// Why an import did not end. The text says what to do; the cause is the [`source`](std::error::Error::source).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The input has faults; nothing was written.
    #[error(transparent)]
    Invalid(#[from] Faults),
    /// The name of the input does not say what it is.
    #[error("{} ends in neither .csv nor .ndjson nor .jsonl: name the format", input.display())]
    UnknownFormat {
        /// The input.
        input: PathBuf,
    },
    /// The input is no regular file.
    #[error("{} is no file: an import reads its input twice, so store it in a file first", input.display())]
    NotAFile {
        /// The input.
        input: PathBuf,
    },
    /// The input has changed between its check and its end; what was written before that is in the journal.
    #[error("{} was changed during the import: run it again when it no longer changes", input.display())]
    InputChanged {
        /// The input.
        input: PathBuf,
    },
    /// Another import of the same input is running.
    #[error("{} is in use by another import of the same input: wait until it has ended", journal.display())]
    Busy {
        /// The journal.
        journal: PathBuf,
    },
    /// The journal belongs to another input, another Hemera, or is none.
    #[error("{} is not the journal of this input at this Hemera: give another path for the journal", journal.display())]
    ForeignJournal {
        /// The journal.
        journal: PathBuf,
    },
    /// The input or the journal could not be read or written. What was written to Hemera and is not in the journal is sent
    /// again by the next run, which changes nothing there.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A call to Hemera failed halfway.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The rows, which have no fault, do not make a request.
    #[error("the rows do not make a request ({faults}): report it, with the version of this program")]
    Refused {
        /// What the request would be refused for.
        faults: FieldErrors,
    },
    /// The runtime stopped during the import.
    #[error("the program ended during the import: run it again, it continues")]
    Stopped,
    /// A batch or a line of the journal could not be written as JSON.
    #[error("a row could not be encoded: report it with its cause")]
    Unencodable(#[source] serde_json::Error),
}

impl From<Stopped> for ImportError {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// A call to Hemera failed before every row had a verdict. The next run continues.
#[derive(Debug)]
pub struct Interrupted {
    /// The error of the call.
    pub error: Error,
    /// Rows of the input that are at Hemera by the journal.
    pub written: u64,
    /// Rows of the input.
    pub rows: u64,
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { error, written, rows } = self;
        write!(
            f,
            "{error}; {written} of {rows} results are written: run the import again, it continues"
        )
    }
}

/// The text of the call's error is part of this one, so the chain continues with its cause.
impl std::error::Error for Interrupted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}
