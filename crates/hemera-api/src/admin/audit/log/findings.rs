//! What a check of the transparency log found.

use std::collections::BTreeMap;

use serde::Serialize;
use time::OffsetDateTime;

use crate::evidence::leaf::shown;

/// How many findings of a kind are named; the rest are counted.
pub(super) const NAMED: u64 = 20;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FindingKind {
    /// The record is not the one that became the leaf.
    Changed,
    /// The record is that of another leaf: the order was changed.
    Moved,
    /// The record of a leaf is gone.
    Missing,
    /// A record is no leaf, and does not wait to become one.
    WithoutLeaf,
    /// A record is several leaves.
    Duplicate,
    /// The list of leaves has a gap, or two records in one place.
    Order,
    /// A tile is not what the leaves give.
    Tile,
    /// A checkpoint was not signed by the key, or cannot be read.
    Signature,
    /// A signed checkpoint states another root: the log was written anew.
    Fork,
    /// A signed checkpoint states more leaves than there are.
    CutTail,
    /// An epoch has a key that was not given.
    Key,
}

/// One thing that is wrong.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    pub(super) kind: FindingKind,
    pub(super) epoch: Option<i32>,
    pub(super) leaf: Option<u64>,
    pub(super) record: Option<LeafKey>,
    pub(super) text: String,
}

/// A record, as people look for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct LeafKey {
    pub(super) id: i64,
    pub(super) at: String,
}

impl LeafKey {
    pub(super) fn new(at: OffsetDateTime, id: i64) -> Self {
        Self { id, at: shown(at) }
    }
}

/// All findings: the first of each kind, and the number of all.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) named: Vec<Finding>,
    pub(super) counts: BTreeMap<FindingKind, u64>,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        let count = self.counts.entry(finding.kind).or_default();
        *count += 1;
        if *count <= NAMED {
            self.named.push(finding);
        }
    }

    /// Adds to the number of a kind of which no more are named.
    pub(super) fn count_further(&mut self, kind: FindingKind, further: u64) {
        *self.counts.entry(kind).or_default() += further;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}
