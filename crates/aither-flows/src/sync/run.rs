//! One run, from the open directory to the report.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aither_client::hemera_types::{CourseId, Timestamp};

use super::Sync;
use super::error::SyncError;
use super::layout::{FileName, Hash};
use super::list::{Listing, list};
use super::manifest::Manifest;
use super::report::SyncReport;
use super::store::{Found, Store};
use crate::blocking::blocking;
use crate::patience::Patience;
use crate::progress::Phase;

/// What a run knows and has done so far.
pub(super) struct Run<'a> {
    pub(super) sync: &'a Sync,
    pub(super) store: Arc<Store>,
    /// As it is to be written next.
    pub(super) manifest: Manifest,
    /// What is really in the files.
    pub(super) files: BTreeMap<CourseId, BTreeMap<FileName, Hash>>,
    /// Courses that have been compared without a change, and that the manifest on the disk does not say so of.
    pub(super) unsaved: u32,
    pub(super) report: SyncReport,
    /// Courses that are no longer to be in the directory.
    pub(super) removed: BTreeSet<CourseId>,
}

/// Opens the directory and does everything.
pub(super) async fn run(sync: &Sync) -> Result<SyncReport, SyncError> {
    let path = sync.directory.clone();
    let (store, found) = blocking(move || {
        let store = Store::open(&path)?;
        let found = store.scan()?;
        Ok::<_, SyncError>((Arc::new(store), found))
    })
    .await?;
    let mut run = Run::begin(sync, store, found).await?;
    let listing = run.list().await?;
    let to_read = run.to_read(&listing);
    let total = Some(count(to_read.len()));
    for (done, id) in (0..).zip(&to_read) {
        sync.progress.step(Phase::ReadCourses.step(done, total));
        run.read_course(id).await?;
    }
    sync.progress
        .step(Phase::ReadCourses.step(count(to_read.len()), total));
    run.end(&listing).await
}

impl<'a> Run<'a> {
    async fn begin(sync: &'a Sync, store: Arc<Store>, found: Found) -> Result<Self, SyncError> {
        let settings = sync.settings();
        let known = found
            .manifest
            .filter(|manifest| manifest.hemera == settings.hemera);
        let is_known = known.is_some();
        let has_names = known.as_ref().is_none_or(|manifest| !manifest.is_pseudonymous);
        let mut run = Self {
            sync,
            store,
            manifest: known.unwrap_or_else(|| Manifest::new(&settings, sync.now())),
            files: found.files,
            unsaved: 0,
            report: SyncReport {
                repaired: found.repaired,
                ..SyncReport::default()
            },
            removed: BTreeSet::new(),
        };
        if is_known {
            run.forget_changed_files();
        }
        if settings.is_pseudonymous {
            run.remove_names(is_known, has_names).await?;
        }
        run.report.is_full_pass = run.manifest.begin_pass(&settings, sync.now());
        Ok(run)
    }

    /// Takes files that are not as they were written out of the manifest, so that they are read again.
    fn forget_changed_files(&mut self) {
        for (id, course) in &mut self.manifest.courses {
            let found = self.files.get(id);
            let before = course.files.len();
            course
                .files
                .retain(|name, file| found.and_then(|files| files.get(name)) == Some(&file.sha256));
            self.report.repaired += count(before - course.files.len());
        }
    }

    /// Courses whose file of participants may have names: all, if the directory has names by its manifest. Else those whose
    /// file is not the one that the manifest names: a run with names may have been killed before it wrote the manifest.
    fn with_names(&self, has_names: bool) -> Vec<CourseId> {
        let name = &FileName::Participants;
        let is_named = |id: &CourseId| {
            let course = self.manifest.courses.get(id);
            course.is_some_and(|course| course.files.contains_key(name))
        };
        let files = self.files.iter().filter(|(_, files)| files.contains_key(name));
        let chosen = files.filter(|(id, _)| has_names || !is_named(id));
        chosen.map(|(id, _)| id.clone()).collect()
    }

    /// Removes names and pictures, before Hemera is asked anything.
    async fn remove_names(&mut self, is_known: bool, has_names: bool) -> Result<(), SyncError> {
        let store = Arc::clone(&self.store);
        let ids = self.with_names(has_names);
        for (id, hash) in blocking(move || store.remove_names(&ids)).await? {
            self.report.files_written += 1;
            self.report.changed.push(id.clone());
            let course = self.manifest.courses.get_mut(&id);
            if let Some(file) = course.and_then(|course| course.files.get_mut(&FileName::Participants)) {
                file.sha256 = hash.clone();
            }
            self.files
                .entry(id)
                .or_default()
                .insert(FileName::Participants, hash);
        }
        if is_known && has_names {
            self.manifest.is_pseudonymous = true;
            self.write_manifest().await?;
        }
        Ok(())
    }

    async fn list(&mut self) -> Result<Listing, SyncError> {
        let since = self.manifest.changes_since.filter(|_| !self.report.is_full_pass);
        let (hemera, scope) = (&self.sync.hemera, self.sync.scope);
        let progress = &*self.sync.progress;
        let listing = list(hemera, scope, since, self.sync.now(), self.patience(), progress).await?;
        self.report.requests += u64::from(listing.requests);
        Ok(listing)
    }

    /// Every listed course that is not as the manifest says, and every course with a file that is not.
    fn to_read(&self, listing: &Listing) -> Vec<CourseId> {
        let manifest = &self.manifest;
        let is_broken = |id: &CourseId| {
            let course = manifest.courses.get(id);
            course.is_some_and(|course| course.files.len() < FileName::ALL.len())
        };
        let must_read = |(id, updated_at): &&(CourseId, Timestamp)| {
            is_broken(id) || manifest.must_read(id, *updated_at, self.report.is_full_pass)
        };
        let listed = listing.courses.iter();
        let mut to_read: Vec<CourseId> = listed.filter(must_read).map(|(id, _)| id.clone()).collect();
        if !listing.is_complete {
            let listed: BTreeSet<&CourseId> = listing.courses.iter().map(|(id, _)| id).collect();
            let others = manifest
                .courses
                .keys()
                .filter(|id| !listed.contains(id) && is_broken(id));
            to_read.extend(others.cloned());
        }
        to_read
    }

    /// Removes what is gone at Hemera, and completes the manifest.
    async fn end(mut self, listing: &Listing) -> Result<SyncReport, SyncError> {
        if listing.is_complete {
            let listed: BTreeSet<&CourseId> = listing.courses.iter().map(|(id, _)| id).collect();
            let gone = self
                .manifest
                .courses
                .keys()
                .filter(|id| !listed.contains(id))
                .cloned();
            self.removed.extend(gone);
        }
        self.manifest.courses.retain(|id, _| !self.removed.contains(id));
        let strays = self.take_strays();
        self.removed.extend(strays.iter().cloned());
        let has_changed = !self.report.changed.is_empty() || !self.removed.is_empty() || self.unsaved > 0;
        // Where nothing has changed, nothing is written: the next run then asks for changes since the same time.
        if self.report.is_full_pass || has_changed {
            if self.report.is_full_pass {
                self.manifest.full_pass.finished_at = Some(self.sync.now());
            }
            self.manifest.changes_since = listing.changes_since.or(self.manifest.changes_since);
            self.write_manifest().await?;
        }
        self.remove(strays).await?;
        self.report.changed.sort();
        self.report.changed.dedup();
        self.report.removed = self.removed.into_iter().collect();
        self.report.courses = count(self.manifest.courses.len());
        Ok(self.report)
    }

    /// The courses that have files and are not in the manifest.
    fn take_strays(&mut self) -> Vec<CourseId> {
        let courses = &self.manifest.courses;
        let strays: Vec<CourseId> = self
            .files
            .keys()
            .filter(|id| !courses.contains_key(*id))
            .cloned()
            .collect();
        self.files.retain(|id, _| courses.contains_key(id));
        strays
    }

    async fn remove(&self, ids: Vec<CourseId>) -> Result<(), SyncError> {
        if ids.is_empty() {
            return Ok(());
        }
        let store = Arc::clone(&self.store);
        blocking(move || store.remove(&ids).map_err(SyncError::Disk)).await
    }

    pub(super) async fn write_manifest(&mut self) -> Result<(), SyncError> {
        let (store, text) = (Arc::clone(&self.store), self.manifest_text()?);
        blocking(move || store.write_manifest(&text).map_err(SyncError::Disk)).await?;
        self.unsaved = 0;
        Ok(())
    }

    /// The manifest as it is written now.
    pub(super) fn manifest_text(&mut self) -> Result<Vec<u8>, SyncError> {
        self.manifest.written_at = self.sync.now();
        serde_json::to_vec_pretty(&self.manifest).map_err(SyncError::Unstorable)
    }

    pub(super) fn patience(&self) -> Patience<'a> {
        Patience::new(&*self.sync.sleep, &*self.sync.progress)
    }
}

pub(super) fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
