//! One round of the sequencer: pending records become leaves, in one transaction.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use sqlx::{Connection as _, PgConnection};
use transparency_log::{Checkpoint, SignedCheckpoint, SigningKey, TileId, Tree, leaf_hash, right_edge};
use uuid::Uuid;

use super::query::{self, Held};
use super::{EvidenceError, LeafRecord, Opening, epoch_origin, leaf};

/// How long a server keeps the log for itself after a round. If it is killed, the next one goes on when this is over.
pub(super) const LEASE: Duration = Duration::from_secs(1);

/// How many records a round takes at most. One round holds them in memory, and a checkpoint covers them all.
pub(super) const MOST: usize = 16_384;

/// The right edge of the log, as this server left it. It holds for as long as the fence and the size are the same.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) epoch: i32,
    fence: i64,
    tree: Tree,
}

/// What a round did.
#[derive(Debug)]
pub(super) struct Sequenced {
    pub(super) records: usize,
    /// Records that were noted, and are not in the audit log any more.
    pub(super) missing: usize,
    pub(super) epoch: i32,
    pub(super) size: u64,
    pub(super) note: String,
}

/// What a server signs with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signer<'k> {
    pub(super) key: &'k SigningKey,
    /// Without the epoch.
    pub(super) origin: &'k str,
    pub(super) holder: Uuid,
}

impl Signer<'_> {
    /// Makes pending records leaves, at most [`MOST`]. `None` where another server has the lease.
    ///
    /// The edge is taken out of `kept`, and put back when the transaction has committed: whatever fails, the next round
    /// reads it anew.
    pub(super) async fn round(
        self,
        connection: &mut PgConnection,
        kept: &mut Option<Edge>,
    ) -> Result<Option<Sequenced>, EvidenceError> {
        let known = kept.take();
        let mut transaction = connection.begin().await?;
        let Some(held) = query::take_lease(&mut transaction, self.holder, LEASE).await? else {
            return Ok(None);
        };
        let mut edge = match (known, held.epoch) {
            (_, None) => self.first_epoch(&mut transaction, &held).await?,
            (Some(edge), Some(epoch)) if edge.is_still(epoch, &held) => edge,
            (_, Some(epoch)) => self.load(&mut transaction, epoch, &held).await?,
        };
        let taken = query::take_pending(&mut transaction, i64::try_from(MOST).unwrap_or(i64::MAX)).await?;
        let sequenced = self.sequence(&mut transaction, &mut edge, &taken).await?;
        transaction.commit().await?;
        *kept = Some(edge);
        Ok(Some(sequenced))
    }

    async fn sequence(
        self,
        connection: &mut PgConnection,
        edge: &mut Edge,
        taken: &[LeafRecord],
    ) -> Result<Sequenced, EvidenceError> {
        let found: Vec<_> = taken
            .iter()
            .filter_map(|record| Some((record, record.hash()?)))
            .collect();
        let first_leaf = edge.tree.size();
        let tiles = edge.tree.append(found.iter().map(|(_, hash)| *hash));
        let origin = epoch_origin(self.origin, edge.epoch);
        let note = Checkpoint::of(&origin, &edge.tree).sign(self.key)?.text();
        let size = edge.tree.size();
        if !found.is_empty() {
            let records: Vec<&LeafRecord> = found.iter().map(|(record, _)| *record).collect();
            query::insert_batch(connection, edge.epoch, first_leaf.cast_signed(), &records).await?;
            query::store_tiles(connection, edge.epoch, &tiles).await?;
            query::set_state(connection, edge.epoch, size.cast_signed(), &note).await?;
        }
        Ok(Sequenced {
            records: found.len(),
            missing: taken.len() - found.len(),
            epoch: edge.epoch,
            size,
            note,
        })
    }

    async fn first_epoch(self, connection: &mut PgConnection, held: &Held) -> Result<Edge, EvidenceError> {
        let origin = epoch_origin(self.origin, 1);
        let opening = Opening {
            epoch: 1,
            verifier_key: self.key.verifier(&origin)?.as_str().to_owned(),
            origin,
            began_at: leaf::shown(SystemClock.now().wall.into()),
            reason: "the first epoch".to_owned(),
            previous: None,
        };
        let tree = open_epoch(connection, self.key, &opening).await?;
        Ok(Edge {
            epoch: opening.epoch,
            fence: held.fence,
            tree,
        })
    }

    /// Reads the right edge, and holds it against the newest checkpoint: nothing is signed on top of what was changed.
    async fn load(
        self,
        connection: &mut PgConnection,
        epoch: i32,
        held: &Held,
    ) -> Result<Edge, EvidenceError> {
        let own = self.key.verifier(&epoch_origin(self.origin, epoch))?;
        let expected = query::verifier_key(connection, epoch).await?;
        if expected != own.as_str() {
            return Err(EvidenceError::AnotherKey {
                epoch,
                expected,
                own: own.as_str().to_owned(),
            });
        }
        let damaged = |problem: String| EvidenceError::Damaged { epoch, problem };
        let size = held.size.cast_unsigned();
        let places: Vec<TileId> = right_edge(size).map(|(id, _)| id).collect();
        let tiles = query::tiles(connection, epoch, &places).await?;
        let tree = Tree::from_right_edge(size, &tiles).map_err(|error| damaged(error.to_string()))?;
        let note = held.note.as_deref().unwrap_or_default();
        let signed = SignedCheckpoint::parse(note).map_err(|error| damaged(error.to_string()))?;
        let checkpoint = signed.verify(&own).map_err(|error| damaged(error.to_string()))?;
        if *checkpoint != Checkpoint::of(own.origin(), &tree) {
            return Err(damaged("its tiles give another root".to_owned()));
        }
        Ok(Edge {
            epoch,
            fence: held.fence,
            tree,
        })
    }
}

impl Edge {
    fn is_still(&self, epoch: i32, held: &Held) -> bool {
        (self.epoch, self.fence, self.tree.size()) == (epoch, held.fence, held.size.cast_unsigned())
    }
}

/// Begins an epoch: its row, its first leaf, and its first checkpoint.
pub(crate) async fn open_epoch(
    connection: &mut PgConnection,
    key: &SigningKey,
    opening: &Opening,
) -> Result<Tree, EvidenceError> {
    let text = serde_json::to_string(opening).unwrap_or_default();
    let mut tree = Tree::new();
    let tiles = tree.append([leaf_hash(text.as_bytes())]);
    let note = Checkpoint::of(&opening.origin, &tree).sign(key)?.text();
    let (epoch, verifier_key) = (opening.epoch, &opening.verifier_key);
    query::insert_epoch(connection, epoch, &opening.origin, verifier_key, &text).await?;
    query::store_tiles(connection, epoch, &tiles).await?;
    query::set_state(connection, epoch, 1, &note).await?;
    query::keep_checkpoint(connection, epoch, 1, &note).await?;
    Ok(tree)
}
