//! Reading rows for the second time, and only if they still say what was checked.

use std::path::{Path, PathBuf};

use aither_client::hemera_types::{Open, ResultItem, ResultVerdict};

use super::batch;
use super::check::{BLOCK, BlockHash, Blocks, Plan};
use super::error::ImportError;
use super::journal::WrittenRows;
use super::row::{ParsedRow, RowPlace};
use super::rows::Rows;
use crate::disk::DiskError;

/// A row that Hemera has not decided about.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) place: RowPlace,
    pub(super) item: ResultItem,
    /// What the item takes in the body of a request.
    pub(super) bytes: usize,
    /// How often it was sent in vain.
    pub(super) sends: u32,
    /// The verdict that decided nothing, if it was sent.
    pub(super) last: Option<Open<ResultVerdict>>,
}

/// The rows of a checked input, block by block.
pub(super) struct Reread {
    input: PathBuf,
    rows: Rows,
    blocks: std::vec::IntoIter<BlockHash>,
}

impl Reread {
    pub(super) fn of(plan: Plan, input: &Path) -> Result<Self, ImportError> {
        let rows = Rows::of(&plan.file, plan.format);
        Ok(Self {
            rows: rows.map_err(|error| DiskError::new(input, "read", error))?,
            input: input.to_owned(),
            blocks: plan.blocks.into_iter(),
        })
    }

    /// The rows of the next block that have not been written. `None` after the last block. Blocks.
    pub(super) fn next_block(&mut self, written: &WrittenRows) -> Result<Option<Vec<Pending>>, ImportError> {
        let input = self.input.clone();
        let changed = || ImportError::InputChanged { input: input.clone() };
        let Some(expected) = self.blocks.next() else {
            return match self.next_row()? {
                ParsedRow::End => Ok(None),
                _ => Err(changed()),
            };
        };
        let mut hashes = Blocks::default();
        let mut pending = Vec::new();
        for _ in 0..BLOCK {
            let row = match self.next_row()? {
                ParsedRow::Row(row) => row,
                ParsedRow::End => break,
                ParsedRow::Faulty(_) | ParsedRow::FaultyHeader(_) | ParsedRow::Broken(_) => {
                    return Err(changed());
                }
            };
            let encoded = batch::encode(&row.item).map_err(ImportError::Unencodable)?;
            hashes.add(&row, &encoded);
            if !written.contains(row.place.row) {
                pending.push(Pending {
                    place: row.place,
                    item: row.item,
                    bytes: encoded.len(),
                    sends: 0,
                    last: None,
                });
            }
        }
        if hashes.end() != [expected] {
            return Err(changed());
        }
        Ok(Some(pending))
    }

    fn next_row(&mut self) -> Result<ParsedRow, DiskError> {
        let parsed = self.rows.next();
        parsed.map_err(|error| DiskError::new(&self.input, "read", error))
    }
}
