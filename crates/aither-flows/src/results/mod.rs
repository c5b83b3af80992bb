//! Results of many participations from a file: checked as a whole, then written, with a journal and a report.
//!
//! ```no_run
//! use aither_flows::results::Import;
//! # use aither_client::HemeraClient;
//!
//! # async fn import(hemera: &HemeraClient) -> Result<(), aither_flows::results::ImportError> {
//! let import = Import::new("results.csv");
//! println!("{} rows have no fault", import.check().await?.rows); // nothing is written
//! let report = import.run(hemera).await?;
//! println!("{} results written", report.updated + report.unchanged);
//! for item in &report.not_written {
//!     println!("{item}"); // which row, why, and what to do
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # The input
//!
//! **CSV** in UTF-8 (a byte order mark is passed over), with commas, a header, and line ends of Unix or Windows. Texts may be in
//! quotes and then contain commas, line ends, and quotes that are doubled. The columns, in any order:
//!
//! | column | value | empty |
//! | --- | --- | --- |
//! | `participationId` | the participation; each at most once in the input | is a fault |
//! | `resultOutcome`, `resultNotes` | the text, at most 2,000 characters | the text stays as it is |
//! | `complete` | `true` completes the participation, `false` does nothing | nothing |
//! | `clear` | `resultOutcome`, `resultNotes`, or both with a blank between them: these texts are cleared | nothing |
//! | `ifMatch` | an entity tag as it was read, with its quotes: `"3"` (in CSV `"""3"""`). The row is written only if the participation is still that one | written in any case |
//!
//! `participationId` must be there, and one that writes something. Every row must write something. CSV cannot set a text to an
//! empty one, which is something other than clearing it; NDJSON can.
//!
//! **NDJSON**: on each line an object as in the `updates` of the bulk operation, with the fields `participationId`, `ifMatch`,
//! `resultOutcome`, `resultNotes` and `complete`. A text is cleared by `null`. Empty lines are passed over.
//!
//! The whole input is checked before the first result is written, and all faults are returned together, each with its row and
//! column ([`Faults`]). Whether a participation exists is Hemera's verdict when it is written. The input is read twice and
//! never as a whole, so the memory that an import takes does not depend on its texts.
//!
//! # Writing
//!
//! Rows are written in their order, up to 100 with each request (fewer where they would be more than 1 MiB). Hemera counts each
//! 50 as one request in its rate limit, and the pace of the client keeps to it. A row that Hemera could not decide about is sent
//! again, five times at most if that leads nowhere.
//!
//! # The journal
//!
//! Each verdict is on the disk before the next request is sent: in a file beside the input, named after it and a part of its hash
//! ([`Import::with_journal`] names another). It contains ids and verdicts and no texts, and has the mode 0600. **Run an import
//! that was interrupted again**: rows that are written by the journal are not sent, and all others are. The rows of the request
//! that was under way may be sent twice; that gives the same result, and no new version, unless another caller has written in
//! between. Give rows an `ifMatch` if others write, too.
//!
//! Rows that Hemera refused (another version, no such participation) are sent again by the next run. When all is done, the
//! journal may be removed; as long as it is there, no row of this input is written twice.

mod batch;
mod check;
mod columns;
mod csv_rows;
mod error;
mod fault;
mod format;
mod journal;
mod ndjson_rows;
mod report;
mod reread;
mod row;
mod rows;
mod tap;
mod write;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use aither_client::HemeraClient;
use freshness::{Sleep, TokioSleep};

use crate::blocking::blocking;
use crate::progress::{Progress, Silent};
pub use check::Checked;
use check::Plan;
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

    /// Where the journal is kept. By default beside the input, with the first 16 digits of the input's hash:
    /// `results.csv.0f5e6a….journal`.
    pub fn with_journal(mut self, journal: impl Into<PathBuf>) -> Self {
        self.journal = Some(journal.into());
        self
    }

    /// Observes the import.
    pub fn with_progress(mut self, progress: impl Progress) -> Self {
        self.progress = Arc::new(progress);
        self
    }

    /// How the import waits: if Hemera asks it to, and before a row is sent again.
    pub fn with_sleep(mut self, sleep: Arc<dyn Sleep>) -> Self {
        self.sleep = sleep;
        self
    }

    /// Checks the input and does nothing else: a dry run, without Hemera.
    ///
    /// # Errors
    /// [`ImportError::Invalid`] with all faults; the input cannot be read.
    pub async fn check(&self) -> Result<Checked, ImportError> {
        Ok(self.plan().await?.checked)
    }

    /// Checks the input, then writes its results, without those that an earlier run has written.
    ///
    /// # Errors
    /// [`ImportError`]. Unless it is [`ImportError::Invalid`], some results may have been written; another run continues.
    /// That Hemera refuses single rows is no error: they are in the report.
    pub async fn run(&self, hemera: &HemeraClient) -> Result<ImportReport, ImportError> {
        let plan = self.plan().await?;
        write::write(self, hemera, plan).await
    }

    async fn plan(&self) -> Result<Plan, ImportError> {
        let unknown = || ImportError::UnknownFormat {
            input: self.input.clone(),
        };
        let format = self
            .format
            .or_else(|| Format::of_path(&self.input))
            .ok_or_else(unknown)?;
        let (input, progress) = (self.input.clone(), Arc::clone(&self.progress));
        blocking(move || check::check(&input, format, &*progress)).await
    }

    /// Where the journal of a checked input is.
    fn journal_path(&self, checked: &Checked) -> PathBuf {
        if let Some(journal) = &self.journal {
            return journal.clone();
        }
        let hash = checked.sha256.get(..16).unwrap_or(&checked.sha256);
        let mut name = self.input.file_name().map_or_else(OsString::new, OsString::from);
        name.push(format!(".{hash}.journal"));
        self.input.with_file_name(name)
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
