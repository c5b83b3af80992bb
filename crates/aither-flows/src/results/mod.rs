//! Results of many participations from a file: checked as a whole, then written, with a journal and a report.

mod error;
mod fault;
mod format;
mod report;

use std::path::PathBuf;
use std::sync::Arc;

use freshness::{Sleep, TokioSleep};

use crate::progress::{Progress, Silent};
pub use error::{ImportError, Interrupted};
pub use fault::{Fault, Faults};
pub use format::Format;
pub use report::{ImportReport, NotWritten, Reason};

/// An import of results from a file.
#[derive(Clone)]
#[must_use = "nothing happens until `check` or `run` is called"]
pub struct Import {
    input: PathBuf,
    format: Option<Format>,
    journal: Option<PathBuf>,
    progress: Arc<dyn Progress>,
    sleep: Arc<dyn Sleep>,
}

impl Import {
    /// An import of this file. Its name says its format, unless [`with_format`](Self::with_format) does.
    pub fn new(input: impl Into<PathBuf>) -> Self {
        Self {
            input: input.into(),
            format: None,
            journal: None,
            progress: Arc::new(Silent),
            sleep: Arc::new(TokioSleep),
        }
    }

    /// The format of the input, whatever its name.
    pub const fn with_format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// Where the journal is kept. By default beside the input, under its name with a part of its hash and `.journal`.
    pub fn with_journal(mut self, journal: impl Into<PathBuf>) -> Self {
        self.journal = Some(journal.into());
        self
    }

    /// Observes the import.
    pub fn with_progress(mut self, progress: impl Progress) -> Self {
        self.progress = Arc::new(progress);
        self
    }

    /// How the import waits if Hemera asks it to.
    pub fn with_sleep(mut self, sleep: Arc<dyn Sleep>) -> Self {
        self.sleep = sleep;
        self
    }
}

impl std::fmt::Debug for Import {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Import")
            .field("input", &self.input)
            .field("format", &self.format)
            .field("journal", &self.journal)
            .finish_non_exhaustive()
    }
}
