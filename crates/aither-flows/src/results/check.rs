//! The first pass over an input: everything is checked, and nothing is kept but what the second pass is compared with.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::Path;

use aither_client::hemera_types::ParticipationId;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Format;
use super::batch::{self, BatchSize};
use super::error::ImportError;
use super::fault::{Fault, Faults};
use super::row::{ParsedRow, Row};
use super::rows::Rows;
use crate::disk::DiskError;
use crate::progress::{Phase, Progress};

/// Rows of a block.
pub(super) const BLOCK: usize = 100;
/// Faults after which a check ends.
const MAX_FAULTS: usize = 10_000;
/// Rows between two steps of progress.
const STEP: u64 = 500;

/// An input without faults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Checked {
    /// Its rows, without the header. At least one.
    pub rows: u64,
    /// Requests that it takes to write them all, if Hemera decides on each of them at once.
    pub requests: u64,
    /// The SHA-256 of the input, in hexadecimal digits: what its journal belongs to.
    pub sha256: String,
}

/// An input that has been checked, and is still open.
pub(super) struct Plan {
    pub(super) checked: Checked,
    pub(super) file: File,
    pub(super) format: Format,
    /// The hash of each block of rows.
    pub(super) blocks: Vec<BlockHash>,
}

/// What the rows of a block said when they were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BlockHash([u8; 32]);

/// Checks the whole input. Blocks.
pub(super) fn check(path: &Path, format: Format, progress: &dyn Progress) -> Result<Plan, ImportError> {
    let failed = |error: io::Error| DiskError::new(path, "read", error);
    let file = File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(ImportError::NotAFile {
            input: path.to_owned(),
        });
    }
    let mut rows = Rows::of(&file, format).map_err(failed)?;
    let mut check = Check::default();
    progress.step(Phase::CheckRows.step(0, None));
    loop {
        match rows.next().map_err(failed)? {
            ParsedRow::Row(row) => check.add(&row).map_err(ImportError::Unencodable)?,
            ParsedRow::Faulty(faults) => check.add_faults(faults),
            ParsedRow::FaultyHeader(faults) => {
                check.faults.extend(faults);
                break;
            }
            ParsedRow::Broken(fault) => {
                check.faults.push(fault);
                check.is_incomplete = true;
                break;
            }
            ParsedRow::End => break,
        }
        if check.rows % STEP == 0 {
            progress.step(Phase::CheckRows.step(check.rows, None));
        }
        if check.faults.len() >= MAX_FAULTS {
            check.is_incomplete = true;
            break;
        }
    }
    let (rows_checked, requests, blocks) = check.end()?;
    progress.step(Phase::CheckRows.step(rows_checked, Some(rows_checked)));
    let checked = Checked {
        rows: rows_checked,
        requests,
        sha256: rows.into_hash(),
    };
    Ok(Plan {
        checked,
        file,
        format,
        blocks,
    })
}

/// A check while it goes on.
struct Check {
    rows: u64,
    faults: Vec<Fault>,
    is_incomplete: bool,
    /// The row of each participation, by a hash of its id: they take the same memory, however long the ids are.
    row_of: HashMap<[u8; 16], u64>,
    blocks: Blocks,
    requests: u64,
    batch: BatchSize,
}

impl Default for Check {
    fn default() -> Self {
        Self {
            rows: 0,
            faults: Vec::new(),
            is_incomplete: false,
            row_of: HashMap::new(),
            blocks: Blocks::default(),
            requests: 0,
            batch: BatchSize::EMPTY,
        }
    }
}

impl Check {
    fn add(&mut self, row: &Row) -> serde_json::Result<()> {
        self.rows += 1;
        let id = &row.item.participation_id;
        let first = *self.row_of.entry(short_hash(id)).or_insert(row.place.row);
        if first != row.place.row {
            let message = format!("must be that of no other row: row {first} has it");
            self.faults
                .push(row.place.fault(Some("participationId"), message));
        }
        let encoded = batch::encode(&row.item)?;
        self.blocks.add(row, &encoded);
        let fitting = self.batch.with(encoded.len()).filter(|_| self.requests > 0);
        self.batch = if let Some(batch) = fitting {
            batch
        } else {
            self.requests += 1;
            BatchSize::EMPTY.with(encoded.len()).unwrap_or(BatchSize::EMPTY)
        };
        Ok(())
    }

    fn add_faults(&mut self, faults: Vec<Fault>) {
        self.rows += 1;
        self.faults.extend(faults);
    }

    /// Rows, requests and blocks.
    fn end(mut self) -> Result<(u64, u64, Vec<BlockHash>), Faults> {
        if self.rows == 0 && self.faults.is_empty() {
            self.faults.push(Fault {
                row: 1,
                line: 1,
                column: None,
                message: "the input has no rows".to_owned(),
            });
        }
        if self.faults.is_empty() {
            return Ok((self.rows, self.requests, self.blocks.end()));
        }
        Err(Faults {
            faults: self.faults,
            is_incomplete: self.is_incomplete,
        })
    }
}

fn short_hash(id: &ParticipationId) -> [u8; 16] {
    let hash: [u8; 32] = Sha256::digest(id.as_str()).into();
    let mut short = [0; 16];
    short.copy_from_slice(&hash[..16]);
    short
}

/// The hashes of blocks of rows.
#[derive(Default)]
pub(super) struct Blocks {
    done: Vec<BlockHash>,
    current: Sha256,
    rows: usize,
}

impl Blocks {
    pub(super) fn add(&mut self, row: &Row, encoded: &[u8]) {
        self.current.update(row.place.row.to_le_bytes());
        self.current.update(row.place.line.to_le_bytes());
        self.current.update(encoded);
        self.rows += 1;
        if self.rows == BLOCK {
            self.close();
        }
    }

    pub(super) fn end(mut self) -> Vec<BlockHash> {
        if self.rows > 0 {
            self.close();
        }
        self.done
    }

    fn close(&mut self) {
        let hash = std::mem::take(&mut self.current).finalize();
        self.done.push(BlockHash(hash.into()));
        self.rows = 0;
    }
}
