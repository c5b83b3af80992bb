//! Courses, participants and materials as a directory of JSON files that is kept up to date.
//!
//! ```text
//! DIRECTORY/
//!   .lock                              empty; locked by the run that uses the directory
//!   manifest.json                      what the other files contain, and where the next run continues
//!   courses/COURSE-ID/course.json      a Course
//!   courses/COURSE-ID/participants.json   CourseParticipants: who booked it, with their preparation
//!   courses/COURSE-ID/materials.json   the topics of the curriculum with their materials
//! ```
//!
//! Directories have the mode 0700 and files 0600, whatever the `umask`. (A `DIRECTORY` that exists and has other files in it
//! before the first run keeps its mode.) Symbolic links in the directory are never followed. The file system must tell upper and
//! lower case apart if Hemera has ids that differ only in that.
//!
//! # The manifest
//!
//! | field | meaning |
//! | --- | --- |
//! | `format` | the version of this layout: 1. A run refuses a later one |
//! | `hemera`, `scope`, `pseudonymous` | what the files are of |
//! | `writtenAt` | when the last run that changed something ended |
//! | `changesSince` | the next run asks for what has changed since, by Hemera's clock; null before the first full pass has ended |
//! | `fullPass` | `number`, `startedAt` and `finishedAt` of the last full pass. Without `finishedAt` it was interrupted, and the next run resumes it |
//! | `courses` | of each id: `updatedAt`; `pass`, the full pass since which it was read; `files`: of each its `sha256` and the `etag` of Hemera's response |
//!
//! The manifest is replaced after the files of each course. Where a file is not as the manifest says (deleted, edited, left by
//! a run that was killed), the next run reads the course again. A manifest that is missing or corrupt is made anew by a full
//! pass, which writes only the files that are different.
//!
//! # What a run asks Hemera
//!
//! Most runs ask for the courses that have changed since the last one: **one request, if there are none**. A course that has
//! changed takes two more. Another name or picture of a participant does not change the `updatedAt` of a course, and a course
//! that is gone or no longer published is not listed. Both are found by a **full pass**, which asks for every course by its
//! entity tags. One is made at the first run, after [`with_full_pass_every`](Sync::with_full_pass_every) (24 hours by default), when the scope
//! changes, when names come back, and when Hemera's address changes. It takes one request for 499 courses and two for each
//! course; the pace of the client says how long that takes.
//!
//! A run that finds nothing new writes nothing, not even the manifest: the next run then asks for changes since the same
//! time. A full pass always writes the manifest, because the interval counts from it.
//!
//! # Interruptions
//!
//! Each file is written beside its place, made durable and renamed, so a reader sees the old content or the new. A run may be
//! dropped, killed or fail at any moment: what it has stored stays, and the next run continues. The lock is the operating
//! system's and ends with the process. When a future is dropped during a write, the write still ends on its thread, and the lock
//! is kept until then.

mod course;
mod error;
mod layout;
mod list;
mod manifest;
mod read;
mod report;
mod run;
mod store;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aither_client::HemeraClient;
use aither_client::hemera_types::Timestamp;
use freshness::{Clock, Sleep, SystemClock, TokioSleep};
use serde::{Deserialize, Serialize};

use crate::progress::{Progress, Silent};
pub use error::SyncError;
pub use layout::CourseParticipants;
use manifest::Settings;
pub use report::SyncReport;

/// Which courses a directory has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scope {
    /// All published courses. A run reads those that have changed since the last one.
    #[default]
    Changed,
    /// The [next course](crate::selection::next_course) alone. When another course is the next, it replaces this one.
    NextCourse,
}

/// A directory that is kept up to date with Hemera.
///
/// ```no_run
/// use aither_flows::sync::Sync;
/// # use aither_client::HemeraClient;
///
/// # async fn sync(hemera: &HemeraClient) -> Result<(), aither_flows::sync::SyncError> {
/// let report = Sync::new(hemera.clone(), "/var/lib/aither/hemera").run().await?;
/// println!("{} files written, {} requests", report.files_written, report.requests);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing happens until `run` is called"]
pub struct Sync {
    hemera: HemeraClient,
    directory: PathBuf,
    scope: Scope,
    is_pseudonymous: bool,
    full_pass_every: Duration,
    progress: Arc<dyn Progress>,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
}

impl Sync {
    /// All published courses of this Hemera in this directory, which is made if it is missing. Its parent must exist.
    pub fn new(hemera: HemeraClient, directory: impl Into<PathBuf>) -> Self {
        Self {
            hemera,
            directory: directory.into(),
            scope: Scope::default(),
            is_pseudonymous: false,
            full_pass_every: Duration::from_hours(24),
            progress: Arc::new(Silent),
            clock: Arc::new(SystemClock),
            sleep: Arc::new(TokioSleep),
        }
    }

    /// Which courses the directory has. [`Scope::Changed`] by default.
    pub const fn with_scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Whether names and pictures of participants stay out of the files. If the directory has some already, they are
    /// removed at the begin of the run, before Hemera is asked anything. `false` by default.
    ///
    /// Texts that participants have written themselves stay, and may contain names.
    pub const fn pseudonymous(mut self, is_pseudonymous: bool) -> Self {
        self.is_pseudonymous = is_pseudonymous;
        self
    }

    /// How long after the begin of a full pass the next one is made, by the machine's clock. 24 hours by default; zero makes every
    /// run a full pass.
    pub const fn with_full_pass_every(mut self, interval: Duration) -> Self {
        self.full_pass_every = interval;
        self
    }

    /// Observes the run.
    pub fn with_progress(mut self, progress: impl Progress) -> Self {
        self.progress = Arc::new(progress);
        self
    }

    /// The clock that says which course is the next and when a full pass is due.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// How a run waits if Hemera asks it to.
    pub fn with_sleep(mut self, sleep: Arc<dyn Sleep>) -> Self {
        self.sleep = sleep;
        self
    }

    /// Brings the directory up to date.
    ///
    /// # Errors
    /// [`SyncError`]. The directory is consistent, and the next run continues.
    pub async fn run(&self) -> Result<SyncReport, SyncError> {
        run::run(self).await
    }

    fn settings(&self) -> Settings {
        Settings {
            hemera: self.hemera.base_url().to_string(),
            scope: self.scope,
            is_pseudonymous: self.is_pseudonymous,
            full_pass_every: self.full_pass_every,
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from(self.clock.now().wall)
    }
}

impl std::fmt::Debug for Sync {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sync")
            .field("directory", &self.directory)
            .field("scope", &self.scope)
            .field("is_pseudonymous", &self.is_pseudonymous)
            .field("full_pass_every", &self.full_pass_every)
            .finish_non_exhaustive()
    }
}
