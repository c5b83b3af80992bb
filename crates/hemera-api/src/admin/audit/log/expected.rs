//! The roots that an epoch must have had, and who states them: checkpoints of the database, of the next epoch, and of files
//! that were kept elsewhere.

use std::collections::{BTreeMap, VecDeque};

use transparency_log::{Hash, SignedCheckpoint, VerifierKey};

use super::findings::{Finding, FindingKind, Findings};
use super::query::CheckpointRow;

/// A root that a signed checkpoint states.
#[derive(Clone, Debug)]
struct Stated {
    root: Hash,
    by: String,
}

/// The checkpoints of one epoch that the tree has not reached.
#[derive(Debug)]
pub(super) struct Expected {
    epoch: i32,
    key: VerifierKey,
    ahead: BTreeMap<u64, VecDeque<Stated>>,
    /// The greatest size whose checkpoint was the tree's.
    pub(super) matched: u64,
    pub(super) checked: u64,
}

impl Expected {
    pub(super) fn new(epoch: i32, key: VerifierKey) -> Self {
        Self {
            epoch,
            key,
            ahead: BTreeMap::new(),
            matched: 0,
            checked: 0,
        }
    }

    /// Adds the checkpoints of the database.
    pub(super) fn add_rows(&mut self, rows: &[CheckpointRow], findings: &mut Findings) {
        for row in rows {
            let by = format!("the checkpoint of {} leaves in the database", row.size);
            self.add(&row.note, by, findings);
        }
    }

    /// Adds a checkpoint, if the key of the epoch has signed it.
    pub(super) fn add(&mut self, note: &str, by: String, findings: &mut Findings) {
        let verified = SignedCheckpoint::parse(note).and_then(|signed| signed.verify(&self.key).cloned());
        match verified {
            Ok(checkpoint) => {
                let root = checkpoint.root;
                let stated = self.ahead.entry(checkpoint.size).or_default();
                stated.push_back(Stated { root, by });
            }
            Err(error) => findings.add(Finding {
                kind: FindingKind::Signature,
                epoch: Some(self.epoch),
                leaf: None,
                record: None,
                text: format!("{by}: {error}"),
            }),
        }
    }

    /// The next size at which a checkpoint states a root.
    pub(super) fn next_size(&self) -> Option<u64> {
        self.ahead.keys().next().copied()
    }

    /// Compares the root of the tree at a size with what is stated for it.
    pub(super) fn compare(&mut self, size: u64, root: Hash, findings: &mut Findings) {
        for stated in self.ahead.remove(&size).unwrap_or_default() {
            self.checked += 1;
            if stated.root == root {
                self.matched = size;
            } else {
                findings.add(Finding {
                    kind: FindingKind::Fork,
                    epoch: Some(self.epoch),
                    leaf: None,
                    record: None,
                    text: format!(
                        "{} states another root than the leaves give: a leaf from {} to {} was written anew after it was signed",
                        stated.by,
                        self.matched,
                        size.saturating_sub(1)
                    ),
                });
            }
        }
    }

    /// What is left when the tree has all its leaves states more of them.
    pub(super) fn end(&mut self, size: u64, findings: &mut Findings) {
        for (stated_size, stated) in std::mem::take(&mut self.ahead) {
            for stated in stated {
                self.checked += 1;
                findings.add(Finding {
                    kind: FindingKind::CutTail,
                    epoch: Some(self.epoch),
                    leaf: Some(size),
                    record: None,
                    text: format!(
                        "{} states {stated_size} leaves, and the log has {size}: the last {} were cut off",
                        stated.by,
                        stated_size - size
                    ),
                });
            }
        }
    }
}
