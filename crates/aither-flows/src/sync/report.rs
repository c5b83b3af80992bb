//! What a run has done.

use aither_client::hemera_types::CourseId;
use serde::Serialize;

/// What a run has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SyncReport {
    /// Whether every course was compared with Hemera, and not only those that changed.
    pub is_full_pass: bool,
    /// Courses in the directory now.
    pub courses: u64,
    /// Courses of which a file was written, by id.
    pub changed: Vec<CourseId>,
    /// Courses that were removed from the directory, by id.
    pub removed: Vec<CourseId>,
    /// Files that were written, without the manifest.
    pub files_written: u64,
    /// Files and folders that were not as the last run had left them: missing, edited, with rights for others, or left behind by
    /// a run that was interrupted.
    pub repaired: u64,
    /// Requests sent to Hemera, including retries.
    pub requests: u64,
}

impl SyncReport {
    /// Whether the directory was left as it was.
    pub const fn is_unchanged(&self) -> bool {
        self.files_written == 0 && self.removed.is_empty() && self.repaired == 0
    }
}
