//! Imports of results.

mod csv;
mod faults;
mod journal;
mod ndjson;
mod scripted;
mod verdicts;
mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aither_client::hemera_types::Participation;
use aither_client::testing::{InMemoryHemera, InMemoryHemeraBuilder, ParticipationSeed};
use aither_client::{HemeraClient, Versioned};
use aither_flows::results::{Checked, Fault, Import, ImportError, ImportReport};
use freshness::{ManualClock, RecordedSleep};
use tempfile::TempDir;

use crate::support::{self, clock, course_id, new_client, participation_id, seeds};

/// A Hemera with the participations `p1`, `p2`, …, whose outcome is `old` in version 1, and a place for inputs.
pub(crate) struct ImportBench {
    pub(crate) hemera: InMemoryHemera,
    pub(crate) clock: ManualClock,
    place: TempDir,
}

impl ImportBench {
    pub(crate) async fn new(participations: usize) -> Self {
        let clock = clock();
        let builder = support::builder(&clock);
        Self::of(participations, clock, builder).await
    }

    /// The same, from this builder.
    pub(crate) async fn of(
        participations: usize,
        clock: ManualClock,
        builder: InMemoryHemeraBuilder,
    ) -> Self {
        let seed = |number| {
            let id = participation_id(&format!("p{number}"));
            ParticipationSeed::new(id, course_id("a")).with_outcome("old")
        };
        let builder = builder
            .with_course(seeds("a", 1).0)
            .with_participations((1..=participations).map(seed));
        Self {
            hemera: builder.start().await.unwrap(),
            clock,
            place: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn place(&self) -> &Path {
        self.place.path()
    }

    /// An import of this text, in a file of this name.
    pub(crate) fn import(&self, name: &str, text: impl AsRef<[u8]>) -> Import {
        let input = self.place().join(name);
        std::fs::write(&input, text).unwrap();
        Import::new(input).with_sleep(Arc::new(RecordedSleep::advancing(self.clock.clone())))
    }

    pub(crate) async fn run(&self, import: &Import) -> Result<ImportReport, ImportError> {
        import.run(&self.client()).await
    }

    pub(crate) fn client(&self) -> HemeraClient {
        new_client(&self.hemera)
    }

    pub(crate) fn participation(&self, id: &str) -> Versioned<Participation> {
        self.hemera.participation(&participation_id(id)).unwrap()
    }

    /// Outcome, notes and status of a participation, and the number of its version.
    pub(crate) fn state(&self, id: &str) -> (Option<String>, Option<String>, String, String) {
        let Versioned { value, version } = self.participation(id);
        let status = value.status.name().to_owned();
        (
            value.result_outcome,
            value.result_notes,
            status,
            version.to_string(),
        )
    }

    /// All journals, by name.
    pub(crate) fn journals(&self) -> Vec<PathBuf> {
        let paths = std::fs::read_dir(self.place())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let mut journals: Vec<_> = paths
            .filter(|path| path.extension().is_some_and(|end| end == "journal"))
            .collect();
        journals.sort();
        journals
    }
}

/// What a check of this text says, and that it says so without Hemera and leaves nothing behind.
pub(crate) async fn check(name: &str, text: impl AsRef<[u8]>) -> Result<Checked, ImportError> {
    let place = tempfile::tempdir().unwrap();
    let input = place.path().join(name);
    std::fs::write(&input, text).unwrap();
    let checked = Import::new(&input).check().await;
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
    checked
}

/// The faults of this text, each as its line of a message.
pub(crate) async fn faults(name: &str, text: impl AsRef<[u8]>) -> Vec<String> {
    match check(name, text).await.unwrap_err() {
        ImportError::Invalid(faults) => faults.faults.iter().map(Fault::to_string).collect(),
        error => panic!("{error}"),
    }
}
