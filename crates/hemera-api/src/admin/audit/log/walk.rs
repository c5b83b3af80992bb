//! One pass over the leaves of an epoch, with their records, tiles and checkpoints. Memory is bounded: a chunk of records, and
//! the right edge of the tree.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::StreamExt as _;
use sqlx::PgConnection;
use time::OffsetDateTime;
use transparency_log::{HASH_SIZE, Hash, Tile, TileId, Tree, leaf_hash, right_edge};

use super::expected::Expected;
use super::findings::{Finding, FindingKind, Findings, LeafKey};
use super::query::{self, EpochRow};
use super::reader::{ReadError, within};
use crate::evidence::LeafRecord;

/// How many records are read at once.
const CHUNK: usize = 4096;

/// How many records that are not their leaf's are kept, to find those that were moved.
const KEPT: usize = 10_000;

/// A record that is not its leaf's.
struct Mismatch {
    leaf: u64,
    record: LeafKey,
    found: Hash,
    expected: Hash,
}

/// Records of leaves that are gone, by month.
#[derive(Debug, Default)]
pub(super) struct Gone {
    pub(super) months: BTreeMap<String, Vec<(i32, u64, LeafKey)>>,
    pub(super) counts: BTreeMap<String, u64>,
    /// The partitions whose removal is itself a record.
    pub(super) retained: BTreeSet<String>,
}

/// The pass over one epoch.
pub(super) struct Walk<'w> {
    pub(super) epoch: &'w EpochRow,
    pub(super) reader: &'w mut PgConnection,
    pub(super) findings: &'w mut Findings,
    pub(super) gone: &'w mut Gone,
    pub(super) expected: Expected,
    tree: Tree,
    filled: Vec<Tile>,
    mismatches: Vec<Mismatch>,
    checkpoints_after: Option<i64>,
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        epoch: &'w EpochRow,
        reader: &'w mut PgConnection,
        findings: &'w mut Findings,
        gone: &'w mut Gone,
        expected: Expected,
    ) -> Self {
        Self {
            epoch,
            reader,
            findings,
            gone,
            expected,
            tree: Tree::new(),
            filled: Vec::new(),
            mismatches: Vec::new(),
            checkpoints_after: Some(0),
        }
    }

    /// Goes through all leaves; `batches` is another connection with the same snapshot. Returns the tree.
    pub(super) async fn run(
        mut self,
        batches: &mut PgConnection,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(Tree, Expected), ReadError> {
        let opening = LeafOf::Opening(leaf_hash(self.epoch.opening.as_bytes()));
        self.take(vec![opening]).await?;
        let (mut ats, mut ids) = (Vec::new(), Vec::new());
        let mut rows = query::batches(batches, self.epoch.epoch);
        while let Some(batch) = within(async { rows.next().await.transpose() }).await? {
            let next = self.tree.size() + ids.len() as u64;
            if batch.first_leaf.cast_unsigned() != next {
                self.add(FindingKind::Order, Some(next), None, format!(
                    "the next batch of leaves begins at {}, and should at {next}: the list of leaves was changed",
                    batch.first_leaf
                ));
            }
            ats.extend(batch.ats);
            ids.extend(batch.ids);
            while ids.len() >= CHUNK {
                let rest = (ats.split_off(CHUNK), ids.split_off(CHUNK));
                self.read(&ats, &ids).await?;
                progress(CHUNK as u64);
                (ats, ids) = rest;
            }
        }
        self.read(&ats, &ids).await?;
        progress(ids.len() as u64);
        self.end().await
    }

    async fn read(&mut self, ats: &[OffsetDateTime], ids: &[i64]) -> Result<(), ReadError> {
        if ids.is_empty() {
            return Ok(());
        }
        let records = within(query::records(self.reader, ats, ids)).await?;
        self.take(
            records
                .into_iter()
                .map(|record| LeafOf::Record(Box::new(record)))
                .collect(),
        )
        .await
    }

    async fn take(&mut self, leaves: Vec<LeafOf>) -> Result<(), ReadError> {
        let first = self.tree.size();
        let tiles = self.leaf_tiles(first, leaves.len() as u64).await?;
        for (leaf, index) in leaves.into_iter().zip(first..) {
            self.load_checkpoints().await?;
            self.leaf(&leaf, index, &tiles);
        }
        self.compare_filled().await
    }

    fn leaf(&mut self, leaf: &LeafOf, index: u64, tiles: &HashMap<TileId, Vec<u8>>) {
        let found = leaf.hash();
        let stored = stored_hash(tiles, index);
        let Some(hash) = stored.or(found) else {
            self.add(
                FindingKind::Tile,
                Some(index),
                None,
                "neither the record of this leaf nor its hash is there".into(),
            );
            return self.grow([0; HASH_SIZE]);
        };
        match (leaf, found) {
            (LeafOf::Record(record), None) => self.is_gone(record, index),
            (_, Some(found)) if found != hash => self.differs(leaf, index, found, hash),
            (LeafOf::Record(record), _) => self.note_retention(record),
            (LeafOf::Opening(_), _) => {}
        }
        self.grow(hash);
    }

    fn grow(&mut self, hash: Hash) {
        let filled = &mut self.filled;
        self.tree.add(hash, &mut |id, bytes| {
            filled.push(Tile {
                id,
                bytes: bytes.to_vec(),
            });
        });
        let size = self.tree.size();
        if self.expected.next_size() == Some(size) {
            self.expected.compare(size, self.tree.root(), self.findings);
        }
    }

    fn differs(&mut self, leaf: &LeafOf, index: u64, found: Hash, expected: Hash) {
        let LeafOf::Record(record) = leaf else {
            let text = "the opening of the epoch is not the one that became its first leaf".to_owned();
            return self.add(FindingKind::Changed, Some(index), None, text);
        };
        let record = LeafKey::new(record.at, record.id);
        if self.mismatches.len() < KEPT {
            self.mismatches.push(Mismatch {
                leaf: index,
                record,
                found,
                expected,
            });
        } else {
            self.findings.count_further(FindingKind::Changed, 1);
        }
    }

    fn is_gone(&mut self, record: &LeafRecord, index: u64) {
        let key = LeafKey::new(record.at, record.id);
        let month: String = key.at.chars().take(7).collect();
        *self.gone.counts.entry(month.clone()).or_default() += 1;
        let named = self.gone.months.entry(month).or_default();
        if named.len() < 3 {
            named.push((self.epoch.epoch, index, key));
        }
    }

    fn note_retention(&mut self, record: &LeafRecord) {
        if record.operation.as_deref() == Some("audit.retain") && record.status == Some(200) {
            self.gone.retained.extend(record.resource_id.clone());
        }
    }

    async fn load_checkpoints(&mut self) -> Result<(), ReadError> {
        // The next ones are needed before the tree reaches them.
        while let Some(after) = self.checkpoints_after {
            let is_ahead = after > self.tree.size().cast_signed();
            if is_ahead {
                break;
            }
            let rows = within(query::checkpoints(self.reader, self.epoch.epoch, after)).await?;
            self.checkpoints_after = rows.last().map(|row| row.size);
            self.expected.add_rows(&rows, self.findings);
        }
        Ok(())
    }

    async fn leaf_tiles(&mut self, first: u64, count: u64) -> Result<HashMap<TileId, Vec<u8>>, ReadError> {
        let last = first + count.saturating_sub(1);
        let places: Vec<TileId> = (first / 256..=last / 256)
            .map(|index| TileId { level: 0, index })
            .collect();
        let tiles = within(query::tiles(self.reader, self.epoch.epoch, &places)).await?;
        Ok(tiles.into_iter().map(|tile| (tile.id, tile.bytes)).collect())
    }

    /// Compares the tiles that were filled with those of the database.
    async fn compare_filled(&mut self) -> Result<(), ReadError> {
        let filled = std::mem::take(&mut self.filled);
        self.compare(&filled).await
    }

    async fn compare(&mut self, own: &[Tile]) -> Result<(), ReadError> {
        let places: Vec<TileId> = own.iter().map(|tile| tile.id).collect();
        if places.is_empty() {
            return Ok(());
        }
        let stored = within(query::tiles(self.reader, self.epoch.epoch, &places)).await?;
        let stored: HashMap<TileId, Vec<u8>> = stored.into_iter().map(|tile| (tile.id, tile.bytes)).collect();
        for tile in own {
            let Some(problem) = problem_of(stored.get(&tile.id), tile) else {
                continue;
            };
            let span = 256_u64.saturating_pow(u32::from(tile.id.level));
            let first = tile
                .id
                .index
                .saturating_mul(256)
                .saturating_add(problem.1)
                .saturating_mul(span);
            let text = format!(
                "{} {}: it covers the leaves from {first} to {}",
                tile.id.path(tile.width()),
                problem.0,
                first.saturating_add(span).saturating_sub(1)
            );
            self.add(FindingKind::Tile, Some(first), None, text);
        }
        Ok(())
    }

    async fn end(mut self) -> Result<(Tree, Expected), ReadError> {
        let size = self.tree.size();
        while let Some(after) = self.checkpoints_after {
            let rows = within(query::checkpoints(self.reader, self.epoch.epoch, after)).await?;
            self.checkpoints_after = rows.last().map(|row| row.size);
            self.expected.add_rows(&rows, self.findings);
        }
        self.expected.compare(size, self.tree.root(), self.findings);
        self.expected.end(size, self.findings);
        // Leaves of the right edge: what the tree would store now.
        let edge: Vec<Tile> = right_edge(size)
            .filter_map(|(id, _)| self.tree.edge_tile(id))
            .collect();
        self.compare(&edge).await?;
        self.name_mismatches();
        Ok((self.tree, self.expected))
    }

    /// A record whose hash is that of another leaf is in the wrong place; any other has been changed.
    fn name_mismatches(&mut self) {
        let mismatches = std::mem::take(&mut self.mismatches);
        let leaves: HashMap<Hash, u64> = mismatches.iter().map(|one| (one.expected, one.leaf)).collect();
        for one in mismatches {
            match leaves.get(&one.found) {
                Some(other) => self.add(
                    FindingKind::Moved,
                    Some(one.leaf),
                    Some(one.record),
                    format!(
                        "it is in the place of leaf {}, and became leaf {other}: the order was changed",
                        one.leaf
                    ),
                ),
                None => self.add(
                    FindingKind::Changed,
                    Some(one.leaf),
                    Some(one.record),
                    format!(
                        "its content was changed after it became a leaf: its hash is {}, and the leaf's {}",
                        hex::encode(one.found),
                        hex::encode(one.expected)
                    ),
                ),
            }
        }
    }

    fn add(&mut self, kind: FindingKind, leaf: Option<u64>, record: Option<LeafKey>, text: String) {
        self.findings.add(Finding {
            kind,
            epoch: Some(self.epoch.epoch),
            leaf,
            record,
            text,
        });
    }
}

/// What a leaf is.
enum LeafOf {
    Opening(Hash),
    Record(Box<LeafRecord>),
}

impl LeafOf {
    fn hash(&self) -> Option<Hash> {
        match self {
            Self::Opening(hash) => Some(*hash),
            Self::Record(record) => record.hash(),
        }
    }
}

/// The hash of a leaf in its tile. `None` where the tile is absent or too short.
fn stored_hash(tiles: &HashMap<TileId, Vec<u8>>, index: u64) -> Option<Hash> {
    let id = TileId {
        level: 0,
        index: index / 256,
    };
    let place = usize::try_from(index % 256).ok()?;
    tiles.get(&id)?.as_chunks::<HASH_SIZE>().0.get(place).copied()
}

/// What is wrong with a stored tile, and the first of its hashes that is.
fn problem_of(stored: Option<&Vec<u8>>, own: &Tile) -> Option<(&'static str, u64)> {
    let Some(stored) = stored else {
        return Some(("is missing", 0));
    };
    if *stored == own.bytes {
        return None;
    }
    let stored = stored.as_chunks::<HASH_SIZE>().0;
    let place = own.hashes().zip(stored).position(|(own, stored)| own != *stored);
    Some(match place {
        Some(place) => ("has another hash than its leaves give", place as u64),
        None => (
            "has another number of hashes",
            stored.len().min(own.width()) as u64,
        ),
    })
}
