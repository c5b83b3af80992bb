//! What Hemera has already decided about the rows of an input: the memory of an import across crashes.
//!
//! NDJSON that is only appended to. The first line says which input at which Hemera it belongs to; each further line is the
//! verdict on a row. It has no texts of results.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use aither_client::hemera_types::{Open, ParticipationId, ResultVerdict};
use serde::{Deserialize, Serialize};
use tracing::trace;

use super::error::ImportError;
use crate::disk::{DiskError, Folder, LOG, Lock, LockError};

const FORMAT: u32 = 1;
/// The longest line. The longest that is written has less than 300 bytes.
const MAX_LINE: u64 = 4_096;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Header {
    format: u32,
    /// The SHA-256 of the input.
    input: String,
    hemera: String,
    rows: u64,
}

/// The verdict on a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JournalEntry {
    pub(super) row: u64,
    pub(super) participation_id: ParticipationId,
    pub(super) verdict: Open<ResultVerdict>,
}

/// An open journal. It is locked until it is dropped.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    lock: Lock,
    written: WrittenRows,
}

/// Which rows have been written, one bit each.
#[derive(Debug, Default)]
pub(super) struct WrittenRows {
    bits: Vec<u64>,
    count: u64,
}

impl Header {
    pub(super) fn new(input: &str, hemera: &str, rows: u64) -> Self {
        Self {
            format: FORMAT,
            input: input.to_owned(),
            hemera: hemera.to_owned(),
            rows,
        }
    }
}

impl JournalEntry {
    fn is_written(&self) -> bool {
        matches!(
            self.verdict.known(),
            Some(ResultVerdict::Updated | ResultVerdict::Unchanged)
        )
    }
}

impl Journal {
    /// Opens or begins the journal of an input. Blocks.
    pub(super) fn open(path: &Path, header: &Header) -> Result<Self, ImportError> {
        let failed = |error: std::io::Error| DiskError::new(path, "written", error);
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| failed(std::io::ErrorKind::InvalidFilename.into()))?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = Folder::open(parent.unwrap_or(Path::new(".")))?;
        let lock = folder.lock(name).map_err(|error| match error {
            LockError::Taken => ImportError::Busy {
                journal: path.to_owned(),
            },
            LockError::Disk(error) => error.into(),
        })?;
        let mut journal = Self {
            path: path.to_owned(),
            lock,
            written: WrittenRows::default(),
        };
        let has_header = journal.resume(header)?;
        folder.make_file_private(name)?;
        if !has_header {
            let mut line = serde_json::to_vec(header).map_err(ImportError::Unencodable)?;
            line.push(b'\n');
            journal.append(&line)?;
            folder.sync()?;
        }
        Ok(journal)
    }

    /// Reads what there is, and cuts off a line that a crash has left unfinished. Returns whether there is a header.
    fn resume(&mut self, header: &Header) -> Result<bool, ImportError> {
        let mut reader = BufReader::new(self.lock.file());
        let foreign = || ImportError::ForeignJournal {
            journal: self.path.clone(),
        };
        let failed = |error| DiskError::new(&self.path, "read", error);
        if !self.lock.file().metadata().map_err(failed)?.is_file() {
            return Err(foreign());
        }
        let mut line = Vec::new();
        let mut end = 0;
        let mut has_header = false;
        let mut written = WrittenRows::default();
        loop {
            line.clear();
            let count = (&mut reader)
                .take(MAX_LINE)
                .read_until(b'\n', &mut line)
                .map_err(failed)?;
            if !line.ends_with(b"\n") {
                // The begin of our own header, or of a line of ours, is what a crash leaves behind.
                let expected = serde_json::to_vec(header).map_err(ImportError::Unencodable)?;
                if !has_header && !expected.starts_with(&line) {
                    return Err(foreign());
                }
                break;
            }
            if has_header {
                // After a power cut the end may be anything. What it said is asked for again.
                let Ok(entry) = serde_json::from_slice::<JournalEntry>(&line) else {
                    break;
                };
                if entry.is_written() {
                    written.insert(entry.row);
                }
            } else if serde_json::from_slice::<Header>(&line).ok().as_ref() == Some(header) {
                has_header = true;
            } else {
                return Err(foreign());
            }
            end += u64::try_from(count).unwrap_or(u64::MAX);
        }
        self.written = written;
        self.cut(end)?;
        Ok(has_header)
    }

    /// Appends lines, and waits until they are on the disk.
    fn append(&self, lines: &[u8]) -> Result<(), DiskError> {
        let mut file = self.lock.file();
        let failed = |error| DiskError::new(&self.path, "written", error);
        let begin = file.stream_position().map_err(failed)?;
        let appended = file.write_all(lines).and_then(|()| {
            trace!(target: LOG, path = %self.path.display(), "journal is appended to");
            file.sync_data()
        });
        if let Err(error) = appended {
            // A part of a line would be cut off by the next run; here it is tidied up as far as a full disk lets it.
            let _ = self.cut(begin);
            return Err(failed(error));
        }
        trace!(target: LOG, path = %self.path.display(), "journal is durable");
        Ok(())
    }

    /// Notes verdicts.
    pub(super) fn note(&self, entries: &[JournalEntry]) -> Result<(), ImportError> {
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, entry).map_err(ImportError::Unencodable)?;
            lines.push(b'\n');
        }
        Ok(self.append(&lines)?)
    }

    fn cut(&self, end: u64) -> Result<(), DiskError> {
        let mut file: &File = self.lock.file();
        let failed = |error| DiskError::new(&self.path, "written", error);
        if file.metadata().map_err(failed)?.len() > end {
            file.set_len(end).map_err(failed)?;
        }
        file.seek(SeekFrom::Start(end)).map_err(failed)?;
        Ok(())
    }

    /// The rows that had been written when the journal was opened.
    pub(super) fn written(&self) -> &WrittenRows {
        &self.written
    }
}

impl WrittenRows {
    fn insert(&mut self, row: u64) {
        let Ok(index) = usize::try_from(row / 64) else {
            return;
        };
        // A row number that no input has would take memory for nothing.
        if index > MAX_WORDS {
            return;
        }
        if self.bits.len() <= index {
            self.bits.resize(index + 1, 0);
        }
        let bit = 1 << (row % 64);
        self.count += u64::from(self.bits[index] & bit == 0);
        self.bits[index] |= bit;
    }

    pub(super) fn contains(&self, row: u64) -> bool {
        let word = usize::try_from(row / 64)
            .ok()
            .and_then(|index| self.bits.get(index));
        word.is_some_and(|word| word & (1 << (row % 64)) != 0)
    }

    pub(super) const fn count(&self) -> u64 {
        self.count
    }
}

/// Words of bits for a hundred million rows.
const MAX_WORDS: usize = 100_000_000 / 64;
