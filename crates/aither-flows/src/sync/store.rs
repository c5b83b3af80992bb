//! The directory, locked. Everything in here blocks.

use std::collections::BTreeMap;
use std::path::Path;

use aither_client::hemera_types::CourseId;

use super::SyncError;
use super::layout::{COURSES, Content, CourseParticipants, FileName, Hash, LOCK, MANIFEST};
use super::manifest::{Manifest, ParsedManifest};
use crate::disk::{DiskError, Folder, Lock, Staged};

/// The largest file that is read. Hemera's largest response has 16 MiB; a manifest of 100,000 courses has 70.
const MAX_FILE: u64 = 128 * 1024 * 1024;

/// A directory that this run alone uses. Whoever holds it keeps the lock, also a blocking thread that ends a write of a
/// run that was cancelled.
#[derive(Debug)]
pub(super) struct Store {
    root: Folder,
    _lock: Lock,
}

/// What is in the directory.
#[derive(Debug)]
pub(super) struct Found {
    /// `None` if it is missing or corrupt.
    pub(super) manifest: Option<Manifest>,
    /// The files of each course, with the hashes of what is really in them.
    pub(super) files: BTreeMap<CourseId, BTreeMap<FileName, Hash>>,
    /// What had to be put right.
    pub(super) repaired: u64,
}

impl Store {
    /// Opens the directory, or makes it, and locks it.
    pub(super) fn open(path: &Path) -> Result<Self, SyncError> {
        let (root, is_new) = Folder::open_or_make(path)?;
        let entries = root.entries()?;
        let has = |name: &str| entries.iter().any(|entry| entry.name == name);
        if !has(LOCK) && (has(MANIFEST) || has(COURSES)) {
            return Err(SyncError::NotOurs {
                directory: path.to_owned(),
            });
        }
        let lock = root
            .lock(LOCK)
            .map_err(|error| SyncError::of_lock(error, path.to_owned()))?;
        // A directory that others use for more than this keeps its rights; what is in it has none for others.
        if !is_new && entries.is_empty() {
            root.make_private()?;
        }
        Ok(Self { root, _lock: lock })
    }

    /// Reads what is there, and removes what an interrupted run has left behind.
    pub(super) fn scan(&self) -> Result<Found, SyncError> {
        let mut found = Found {
            manifest: self.manifest()?,
            files: BTreeMap::new(),
            repaired: 0,
        };
        found.repaired += u64::from(self.root.remove(&Staged::temporary(MANIFEST))?);
        let Some(courses) = self.root.folder(COURSES)? else {
            return Ok(found);
        };
        found.repaired += u64::from(courses.make_private()?);
        for entry in courses.entries()? {
            let Ok(id) = CourseId::parse(entry.name) else {
                continue;
            };
            if !entry.is_folder {
                continue;
            }
            let Some(folder) = courses.folder(id.as_str())? else {
                continue;
            };
            found.repaired += u64::from(folder.make_private()?);
            let mut files = BTreeMap::new();
            for name in FileName::ALL {
                found.repaired += u64::from(folder.remove(&Staged::temporary(name.as_str()))?);
                found.repaired += u64::from(folder.make_file_private(name.as_str())?);
                if let Some(content) = folder.read(name.as_str(), MAX_FILE)? {
                    files.insert(name, Hash::of(&content));
                }
            }
            if files.is_empty() {
                // It stays if it has files that are not ours, and is then no course of this directory.
                found.repaired += u64::from(courses.remove_folder(id.as_str())?);
            } else {
                found.files.insert(id, files);
            }
        }
        Ok(found)
    }

    fn manifest(&self) -> Result<Option<Manifest>, SyncError> {
        self.root.make_file_private(MANIFEST)?;
        let text = self.root.read(MANIFEST, MAX_FILE)?.unwrap_or_default();
        match Manifest::parse(&text) {
            ParsedManifest::Manifest(manifest) => Ok(Some(*manifest)),
            ParsedManifest::Corrupt => Ok(None),
            ParsedManifest::Newer(format) => Err(SyncError::NewerFormat {
                directory: self.root.path().to_owned(),
                format,
            }),
        }
    }

    /// Writes files of a course and the manifest. First everything is written beside its place, so that a full disk changes
    /// nothing.
    pub(super) fn write(&self, id: &CourseId, files: &[Content], manifest: &[u8]) -> Result<(), DiskError> {
        let courses = self.root.folder_or_new(COURSES)?;
        let folder = courses.folder_or_new(id.as_str())?;
        let staged = files
            .iter()
            .map(|file| Staged::write(&folder, file.name.as_str(), &file.bytes))
            .collect::<Result<Vec<_>, _>>()?;
        let manifest = Staged::write(&self.root, MANIFEST, manifest)?;
        for file in staged {
            file.publish()?;
        }
        folder.sync()?;
        manifest.publish()?;
        self.root.sync()
    }

    /// Writes the manifest alone.
    pub(super) fn write_manifest(&self, manifest: &[u8]) -> Result<(), DiskError> {
        Staged::write(&self.root, MANIFEST, manifest)?.publish()?;
        self.root.sync()
    }

    /// Removes the files of courses. Files that are not ours stay, and with them their folder.
    pub(super) fn remove(&self, ids: &[CourseId]) -> Result<(), DiskError> {
        let Some(courses) = self.root.folder(COURSES)? else {
            return Ok(());
        };
        for id in ids {
            let Some(folder) = courses.folder(id.as_str())? else {
                continue;
            };
            for name in FileName::ALL {
                folder.remove(name.as_str())?;
            }
            folder.sync()?;
            courses.remove_folder(id.as_str())?;
        }
        courses.sync()
    }

    /// Takes names and pictures out of the files of these courses, without Hemera, and returns the files that are now
    /// different. A file that cannot be read is removed.
    pub(super) fn remove_names(&self, ids: &[CourseId]) -> Result<Vec<(CourseId, Hash)>, SyncError> {
        let Some(courses) = self.root.folder(COURSES)? else {
            return Ok(Vec::new());
        };
        let mut changed = Vec::new();
        for id in ids {
            let Some(folder) = courses.folder(id.as_str())? else {
                continue;
            };
            let name = FileName::Participants.as_str();
            let Some(text) = folder.read(name, MAX_FILE)? else {
                continue;
            };
            match serde_json::from_slice::<CourseParticipants>(&text) {
                Ok(participants) => {
                    let content =
                        Content::of_participants(participants, true).map_err(SyncError::Unstorable)?;
                    if content.bytes != text {
                        Staged::write(&folder, name, &content.bytes)?.publish()?;
                        changed.push((id.clone(), content.hash));
                    }
                }
                Err(_) => {
                    folder.remove(name)?;
                }
            }
            folder.sync()?;
        }
        Ok(changed)
    }
}
