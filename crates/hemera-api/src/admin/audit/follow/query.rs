//! SQL of the leaves of the transparency log, in their order.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::position::Position;
use super::super::records::RecordKey;

/// A leaf that is a record.
#[derive(Debug)]
pub(super) struct LeafRow {
    pub(super) leaf: i64,
    pub(super) at: OffsetDateTime,
    pub(super) id: i64,
}

impl LeafRow {
    pub(super) fn key(&self) -> RecordKey {
        RecordKey {
            at: self.at,
            id: self.id,
        }
    }
}

/// The records at the leaves from `next` on, at most `limit`.
pub(super) async fn from(
    connection: &mut PgConnection,
    next: Position,
    limit: i64,
) -> sqlx::Result<Vec<LeafRow>> {
    sqlx::query_file_as!(
        LeafRow,
        "src/admin/audit/follow/leaves.sql",
        next.epoch,
        next.leaf,
        limit
    )
    .fetch_all(connection)
    .await
}

/// What follows where there is no record at a leaf.
#[derive(Clone, Copy, Debug)]
pub(super) struct Following {
    /// The first leaf of the next batch of this epoch.
    pub(super) batch: Option<i64>,
    /// The next epoch.
    pub(super) epoch: Option<i32>,
}

/// What there is at `next` or behind it.
pub(super) async fn following(connection: &mut PgConnection, next: Position) -> sqlx::Result<Following> {
    sqlx::query_as!(
        Following,
        r#"
        select
            (select min(first_leaf) from audit_batches where epoch = $1 and first_leaf >= $2) as batch,
            (select min(epoch) from audit_epochs where epoch > $1) as epoch
        "#,
        next.epoch,
        next.leaf
    )
    .fetch_one(connection)
    .await
}

/// The text of the first leaf of an epoch.
pub(super) async fn opening(connection: &mut PgConnection, epoch: i32) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select opening from audit_epochs where epoch = $1", epoch)
        .fetch_optional(connection)
        .await
}

/// The last leaf of the log; `None` where there is no log.
pub(super) async fn end(connection: &mut PgConnection) -> sqlx::Result<Option<Position>> {
    let state = sqlx::query!(r#"select epoch, size from audit_sequencer"#)
        .fetch_optional(connection)
        .await?;
    Ok(state.and_then(|state| {
        Some(Position {
            epoch: state.epoch?,
            leaf: state.size - 1,
        })
    }))
}
