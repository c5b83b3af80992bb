//! One course, from Hemera to the disk.

use std::sync::Arc;

use aither_client::Version;
use aither_client::hemera_types::CourseId;

use tracing::trace;

use super::error::SyncError;
use super::layout::{Content, FileName};
use super::manifest::{CourseEntry, FileEntry};
use super::read::{self, Read};
use super::run::{Run, count};
use crate::blocking::blocking;

/// Courses that may be compared without a change before the manifest is written, so that an interrupted run does not
/// compare more than these again.
const MAX_UNSAVED: u32 = 25;

impl Run<'_> {
    /// Reads a course and writes the files of it that have changed.
    pub(super) async fn read_course(&mut self, id: &CourseId) -> Result<(), SyncError> {
        let (hemera, patience) = (&self.sync.hemera, self.patience());
        let known = self.manifest.courses.get(id);
        let version = |names: &[FileName]| known.and_then(|course| course.version_of(names));
        let detail_version = version(&[FileName::Course, FileName::Participants]);
        let (detail, requests) = patience
            .call(|| read::detail(hemera, id, detail_version.as_ref()))
            .await?;
        self.report.requests += u64::from(requests);
        if matches!(detail, Read::Missing) {
            self.removed.insert(id.clone());
            return Ok(());
        }
        let materials_version = version(&[FileName::Materials]);
        let (materials, requests) = patience
            .call(|| read::materials(hemera, id, materials_version.as_ref()))
            .await?;
        self.report.requests += u64::from(requests);

        let mut updated_at = known.map(|course| course.updated_at);
        let mut files = known.map(|course| course.files.clone()).unwrap_or_default();
        let mut contents = Vec::new();
        let mut add = |content: Content, version: &Version| {
            let file = FileEntry {
                sha256: content.hash.clone(),
                etag: version.is_known().then(|| version.to_string()),
            };
            files.insert(content.name, file);
            contents.push(content);
        };
        if let Read::New(read) = detail {
            updated_at = Some(read.updated_at);
            let contents = Content::of_detail(read.value, self.sync.is_pseudonymous);
            for content in contents.map_err(SyncError::Unstorable)? {
                add(content, &read.version);
            }
        }
        match materials {
            Read::New(read) => {
                let content = Content::of_materials(&read.value).map_err(SyncError::Unstorable)?;
                add(content, &read.version);
            }
            Read::Unchanged => {}
            Read::Missing => updated_at = None,
        }
        let Some(updated_at) = updated_at else {
            self.removed.insert(id.clone());
            return Ok(());
        };
        let entry = CourseEntry {
            updated_at,
            pass: self.manifest.full_pass.number,
            files,
        };
        let found = self.files.get(id);
        contents.retain(|content| found.and_then(|files| files.get(&content.name)) != Some(&content.hash));
        self.save_course(id, entry, contents).await
    }

    /// Writes these files and the manifest; the manifest alone only now and then.
    async fn save_course(
        &mut self,
        id: &CourseId,
        entry: CourseEntry,
        contents: Vec<Content>,
    ) -> Result<(), SyncError> {
        trace!(course = %id, files = contents.len(), "course is read");
        let before = self.manifest.courses.insert(id.clone(), entry);
        if contents.is_empty() {
            self.unsaved += u32::from(before.as_ref() != self.manifest.courses.get(id));
            if self.unsaved >= MAX_UNSAVED {
                self.write_manifest().await?;
            }
            return Ok(());
        }
        self.report.files_written += count(contents.len());
        self.report.changed.push(id.clone());
        let hashes = contents
            .iter()
            .map(|content| (content.name, content.hash.clone()));
        self.files.entry(id.clone()).or_default().extend(hashes);
        let (store, id, manifest) = (Arc::clone(&self.store), id.clone(), self.manifest_text()?);
        blocking(move || store.write(&id, &contents, &manifest).map_err(SyncError::Disk)).await?;
        self.unsaved = 0;
        Ok(())
    }
}
