//! Sync to a directory.

mod interrupted;
mod locked;
mod names;
mod next_course;
mod passes;
mod repaired;
mod stored;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aither_client::testing::{InMemoryHemera, InMemoryHemeraBuilder};
use aither_flows::sync::{Sync, SyncReport};
use freshness::{ManualClock, RecordedSleep};
use tempfile::TempDir;

use crate::support::{self, Tree, clock, new_client};

/// A Hemera, a directory, and the clock of both.
pub(crate) struct SyncBench {
    pub(crate) hemera: InMemoryHemera,
    pub(crate) clock: ManualClock,
    directory: TempDir,
}

impl SyncBench {
    pub(crate) async fn new(courses: &[(&str, u64)]) -> Self {
        let clock = clock();
        let builder = support::builder(&clock);
        Self::of(courses, clock, builder).await
    }

    /// The same, from this builder.
    pub(crate) async fn of(
        courses: &[(&str, u64)],
        clock: ManualClock,
        builder: InMemoryHemeraBuilder,
    ) -> Self {
        Self {
            hemera: support::with_courses(builder, courses).await,
            clock,
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// It does not exist before the first run.
    pub(crate) fn directory(&self) -> std::path::PathBuf {
        self.directory.path().join("data")
    }

    /// A sync as a new process has it.
    pub(crate) fn sync(&self) -> Sync {
        self.sync_to(&self.directory())
    }

    pub(crate) fn sync_to(&self, directory: &Path) -> Sync {
        Sync::new(new_client(&self.hemera), directory)
            .with_clock(Arc::new(self.clock.clone()))
            .with_sleep(Arc::new(RecordedSleep::advancing(self.clock.clone())))
    }

    /// Runs it, and asserts that it was as many requests as it says.
    #[track_caller]
    pub(crate) fn run(&self, sync: Sync) -> impl Future<Output = SyncReport> {
        self.hemera.clear_requests();
        async move {
            let report = sync.run().await.unwrap();
            assert_eq!(
                report.requests,
                u64::try_from(self.hemera.requests().len()).unwrap()
            );
            report
        }
    }

    pub(crate) fn tree(&self) -> Tree {
        Tree::of(&self.directory())
    }

    pub(crate) fn advance(&self, time: Duration) {
        self.clock.advance(time);
    }
}

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);
