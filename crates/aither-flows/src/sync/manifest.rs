//! The manifest: what a directory contains, and where the next run continues.

use std::collections::BTreeMap;
use std::time::Duration;

use aither_client::Version;
use aither_client::hemera_types::{CourseId, Timestamp};
use serde::{Deserialize, Serialize};

use super::Scope;
use super::layout::{FileName, Hash};

/// The version of the layout that this crate writes.
pub(super) const FORMAT: u32 = 1;
/// A full pass that was interrupted is resumed within this time after its begin, even if the interval is shorter.
const RESUMABLE: Duration = Duration::from_hours(1);

/// What a run is asked for, as far as the manifest depends on it.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// The address of Hemera.
    pub(super) hemera: String,
    pub(super) scope: Scope,
    pub(super) is_pseudonymous: bool,
    pub(super) full_pass_every: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    pub(super) format: u32,
    /// The Hemera that the files come from. Ids and tags of another one mean nothing.
    pub(super) hemera: String,
    pub(super) scope: Scope,
    #[serde(rename = "pseudonymous")]
    pub(super) is_pseudonymous: bool,
    /// When the last run that changed something ended.
    pub(super) written_at: Timestamp,
    /// The next run asks for what has changed since, by Hemera's clock. Null until a full pass has ended.
    pub(super) changes_since: Option<Timestamp>,
    pub(super) full_pass: FullPass,
    pub(super) courses: BTreeMap<CourseId, CourseEntry>,
}

/// The last full pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FullPass {
    pub(super) number: u64,
    pub(super) started_at: Timestamp,
    /// Null while it is not complete: the next run resumes it.
    pub(super) finished_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CourseEntry {
    /// As the course says it.
    pub(super) updated_at: Timestamp,
    /// The full pass in which, or after which, it was read last.
    pub(super) pass: u64,
    pub(super) files: BTreeMap<FileName, FileEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileEntry {
    pub(super) sha256: Hash,
    /// The entity tag of the response that it was made of.
    pub(super) etag: Option<String>,
}

/// The part of every manifest, of whatever format.
#[derive(Deserialize)]
struct AnyFormat {
    format: u32,
}

/// What a file `manifest.json` turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ParsedManifest {
    Manifest(Box<Manifest>),
    /// Missing pieces, or not JSON: the directory is repaired as if there were none.
    Corrupt,
    /// Of a later version of this crate.
    Newer(u32),
}

impl Manifest {
    pub(super) fn parse(text: &[u8]) -> ParsedManifest {
        match serde_json::from_slice(text) {
            Ok(AnyFormat { format }) if format > FORMAT => ParsedManifest::Newer(format),
            Ok(AnyFormat { format: FORMAT }) => {
                serde_json::from_slice(text).map_or(ParsedManifest::Corrupt, ParsedManifest::Manifest)
            }
            Ok(AnyFormat { .. }) | Err(_) => ParsedManifest::Corrupt,
        }
    }

    /// The manifest of a directory that contains nothing, at the begin of its first full pass.
    pub(super) fn new(settings: &Settings, now: Timestamp) -> Self {
        Self {
            format: FORMAT,
            hemera: settings.hemera.clone(),
            scope: settings.scope,
            is_pseudonymous: settings.is_pseudonymous,
            written_at: now,
            changes_since: None,
            full_pass: FullPass {
                number: 1,
                started_at: now,
                finished_at: None,
            },
            courses: BTreeMap::new(),
        }
    }

    /// Makes the manifest one of these settings and begins a full pass, if one is due. Says whether the pass is full.
    pub(super) fn begin_pass(&mut self, settings: &Settings, now: Timestamp) -> bool {
        let has_other_scope = self.scope != settings.scope;
        let gets_names = self.is_pseudonymous && !settings.is_pseudonymous;
        if gets_names {
            // The tag would confirm a response whose names were left out.
            for file in self
                .courses
                .values_mut()
                .flat_map(|course| course.files.values_mut())
            {
                file.etag = None;
            }
        }
        self.scope = settings.scope;
        self.is_pseudonymous = settings.is_pseudonymous;
        let age = age(self.full_pass.started_at, now);
        let every = settings.full_pass_every;
        let is_finished = self.full_pass.finished_at.is_some();
        let lasts_until = if is_finished { every } else { every.max(RESUMABLE) };
        let is_new = has_other_scope || gets_names || age.is_none_or(|age| age >= lasts_until);
        if is_new {
            self.full_pass = FullPass {
                number: self.full_pass.number.saturating_add(1),
                started_at: now,
                finished_at: None,
            };
        }
        is_new || !is_finished
    }

    /// Whether a course that is listed with this time of change must be read.
    pub(super) fn must_read(&self, id: &CourseId, updated_at: Timestamp, is_full: bool) -> bool {
        self.courses.get(id).is_none_or(|course| {
            course.updated_at != updated_at || (is_full && course.pass != self.full_pass.number)
        })
    }
}

impl CourseEntry {
    /// The version of the response that these files were made of, if all of them are as they were written.
    pub(super) fn version_of(&self, names: &[FileName]) -> Option<Version> {
        let mut tags = names.iter().map(|name| self.files.get(name)?.etag.as_deref());
        let first = tags.next()??;
        tags.all(|tag| tag == Some(first))
            .then(|| Version::parse(first).ok())
            .flatten()
    }
}

/// `None` if the clock was set back.
fn age(since: Timestamp, now: Timestamp) -> Option<Duration> {
    Duration::try_from(now.to_offset_date_time() - since.to_offset_date_time()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn settings() -> Settings {
        Settings {
            hemera: "https://hemera.example.com/".to_owned(),
            scope: Scope::Changed,
            is_pseudonymous: false,
            full_pass_every: Duration::from_hours(24),
        }
    }

    fn finished() -> Manifest {
        let mut manifest = Manifest::new(&settings(), time("2026-03-15T00:00:00Z"));
        manifest.full_pass.finished_at = Some(time("2026-03-15T00:05:00Z"));
        manifest
    }

    #[test]
    fn a_full_pass_is_due_after_the_interval_and_when_the_clock_was_set_back() {
        for (now, is_full) in [
            ("2026-03-15T23:59:59Z", false),
            ("2026-03-16T00:00:00Z", true),
            ("2026-03-14T23:59:59Z", true),
        ] {
            let mut manifest = finished();
            assert_eq!(manifest.begin_pass(&settings(), time(now)), is_full, "{now}");
            assert_eq!(manifest.full_pass.number, if is_full { 2 } else { 1 }, "{now}");
        }
    }

    #[test]
    fn an_interrupted_pass_is_resumed_and_an_old_one_begins_again() {
        let often = Settings {
            full_pass_every: Duration::ZERO,
            ..settings()
        };
        for (now, number) in [("2026-03-15T00:59:59Z", 1), ("2026-03-15T01:00:00Z", 2)] {
            let mut manifest = Manifest::new(&often, time("2026-03-15T00:00:00Z"));
            assert!(manifest.begin_pass(&often, time(now)));
            assert_eq!(manifest.full_pass.number, number, "{now}");
        }
    }

    #[test]
    fn another_scope_and_names_that_come_back_need_a_full_pass() {
        let now = time("2026-03-15T00:10:00Z");
        let next = Settings {
            scope: Scope::NextCourse,
            ..settings()
        };
        assert!(finished().begin_pass(&next, now));
        let mut without_names = finished();
        without_names.is_pseudonymous = true;
        assert!(without_names.begin_pass(&settings(), now));
        let pseudonymous = Settings {
            is_pseudonymous: true,
            ..settings()
        };
        assert!(
            !finished().begin_pass(&pseudonymous, now),
            "names are removed without Hemera"
        );
    }

    #[test]
    fn manifests_that_are_no_manifests_are_corrupt_and_later_ones_are_newer() {
        let text = serde_json::to_string(&finished()).unwrap();
        assert_eq!(
            Manifest::parse(text.as_bytes()),
            ParsedManifest::Manifest(Box::new(finished()))
        );
        assert_eq!(
            Manifest::parse(&text.as_bytes()[..text.len() - 1]),
            ParsedManifest::Corrupt
        );
        assert_eq!(Manifest::parse(b"{\"format\":1}"), ParsedManifest::Corrupt);
        assert_eq!(Manifest::parse(b"{\"format\":0}"), ParsedManifest::Corrupt);
        assert_eq!(Manifest::parse(b"{\"format\":2}"), ParsedManifest::Newer(2));
        let escaping = text.replace(
            "\"courses\":{}",
            "\"courses\":{\"../../etc\":{\"updatedAt\":\"2026-03-15T00:00:00Z\",\"pass\":1,\"files\":{}}}",
        );
        assert_ne!(text, escaping);
        assert_eq!(
            Manifest::parse(escaping.as_bytes()),
            ParsedManifest::Corrupt,
            "ids are file names"
        );
    }
}
