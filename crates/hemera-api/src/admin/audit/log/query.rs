//! SQL of the commands that check the transparency log, and of the one that begins an epoch.

use futures_util::stream::BoxStream;
use sqlx::{AssertSqlSafe, PgConnection};
use time::OffsetDateTime;
use transparency_log::{Tile, TileId};

use crate::evidence::LeafRecord;

/// An epoch of the log.
#[derive(Clone, Debug)]
pub(super) struct EpochRow {
    pub(super) epoch: i32,
    pub(super) origin: String,
    pub(super) verifier_key: String,
    pub(super) opening: String,
}

pub(super) async fn epochs(connection: &mut PgConnection) -> sqlx::Result<Vec<EpochRow>> {
    sqlx::query_as!(
        EpochRow,
        "select epoch, origin, verifier_key, opening from audit_epochs order by epoch"
    )
    .fetch_all(connection)
    .await
}

/// The state of the log.
#[derive(Clone, Debug)]
pub(super) struct StateRow {
    pub(super) epoch: Option<i32>,
    pub(super) note: Option<String>,
}

pub(super) async fn state(connection: &mut PgConnection) -> sqlx::Result<StateRow> {
    sqlx::query_as!(StateRow, "select epoch, note from audit_sequencer")
        .fetch_one(connection)
        .await
}

/// How many records are leaves, and how many wait.
pub(super) async fn totals(connection: &mut PgConnection) -> sqlx::Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"
        select
            (select coalesce(sum(cardinality(ids)), 0)::bigint from audit_batches) as "leaves!",
            (select count(*) from audit_pending) as "pending!"
        "#
    )
    .fetch_one(connection)
    .await?;
    Ok((row.leaves, row.pending))
}

/// Which records the leaves from `first_leaf` on are.
#[derive(Clone, Debug)]
pub(super) struct BatchRow {
    pub(super) first_leaf: i64,
    pub(super) ats: Vec<OffsetDateTime>,
    pub(super) ids: Vec<i64>,
}

pub(super) fn batches(connection: &mut PgConnection, epoch: i32) -> BoxStream<'_, sqlx::Result<BatchRow>> {
    sqlx::query_as!(
        BatchRow,
        "select first_leaf, ats, ids from audit_batches where epoch = $1 order by first_leaf",
        epoch,
    )
    .fetch(connection)
}

/// The records with these keys, in their order.
pub(super) async fn records(
    connection: &mut PgConnection,
    ats: &[OffsetDateTime],
    ids: &[i64],
) -> sqlx::Result<Vec<LeafRecord>> {
    sqlx::query_as!(
        LeafRecord,
        r#"
        select
            record.id is not null as "found!", leaf.id as "id!", leaf.at as "at!", recorded_at as "recorded_at?",
            record_id as "record_id?", request_id as "request_id?", trace_id as "trace_id?", subject as "subject?",
            role as "role?", proof as "proof?", key_name as "key_name?", token_id as "token_id?",
            session_id as "session_id?", permissions as "permissions?", permissions_granted as "permissions_granted?",
            operation as "operation?", resource_id as "resource_id?", outcome::text as "outcome?", status as "status?",
            error_code as "error_code?", reason as "reason?", changed_fields as "changed_fields?",
            resource_version as "resource_version?", items as "items?", duration_us as "duration_us?",
            occurrences as "occurrences?", host(client_address) as "client_address?", user_agent as "user_agent?",
            security_events as "security_events?", persons_commitment as "persons_commitment?",
            address_commitment as "address_commitment?", user_agent_commitment as "user_agent_commitment?",
            item as "item?"
        from unnest($1::timestamptz[], $2::bigint[]) with ordinality as leaf (at, id, place)
        left join lateral (
            -- One look-up for each key, however many records there are; the bounds leave out other months' partitions.
            select * from audit_log where audit_log.at = leaf.at and audit_log.id = leaf.id offset 0
        ) as record on true
        order by leaf.place
        "#,
        ats,
        ids,
    )
    .fetch_all(connection)
    .await
}

/// A checkpoint that was exported.
#[derive(Clone, Debug)]
pub(super) struct CheckpointRow {
    pub(super) size: i64,
    pub(super) note: String,
}

/// The next checkpoints after one of that size.
pub(super) async fn checkpoints(
    connection: &mut PgConnection,
    epoch: i32,
    after: i64,
) -> sqlx::Result<Vec<CheckpointRow>> {
    sqlx::query_as!(
        CheckpointRow,
        "select size, note from audit_checkpoints where epoch = $1 and size > $2 order by size limit 1000",
        epoch,
        after,
    )
    .fetch_all(connection)
    .await
}

/// A record by its key.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyRow {
    pub(super) at: OffsetDateTime,
    pub(super) id: i64,
    /// How many of these there are.
    pub(super) count: i64,
}

/// The first records that are no leaf and do not wait to become one, each with the number of all.
pub(super) async fn without_leaf(connection: &mut PgConnection, most: i64) -> sqlx::Result<Vec<KeyRow>> {
    sqlx::query_as!(
        KeyRow,
        r#"
        select at as "at!", id as "id!", count(*) over () as "count!"
        from (
            select at, id from audit_log
            except
            select leaf.at, leaf.id from audit_batches, unnest(ats, ids) as leaf (at, id)
            except
            select at, id from audit_pending
        ) as free
        order by 1, 2
        limit $1
        "#,
        most,
    )
    .fetch_all(connection)
    .await
}

/// The first records that are several leaves.
pub(super) async fn duplicates(connection: &mut PgConnection, most: i64) -> sqlx::Result<Vec<KeyRow>> {
    sqlx::query_as!(
        KeyRow,
        r#"
        select leaf.at as "at!", leaf.id as "id!", count(*) as "count!"
        from audit_batches, unnest(ats, ids) as leaf (at, id)
        group by leaf.at, leaf.id
        having count(*) > 1
        order by 1, 2
        limit $1
        "#,
        most,
    )
    .fetch_all(connection)
    .await
}

/// The newest checkpoint of an epoch that was exported.
pub(super) async fn newest_checkpoint(
    connection: &mut PgConnection,
    epoch: i32,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        "select note from audit_checkpoints where epoch = $1 order by size desc limit 1",
        epoch
    )
    .fetch_optional(connection)
    .await
}

/// The tiles of these places that there are.
pub(super) async fn tiles(
    connection: &mut PgConnection,
    epoch: i32,
    places: &[TileId],
) -> sqlx::Result<Vec<Tile>> {
    let levels: Vec<i16> = places.iter().map(|id| i16::from(id.level)).collect();
    let indexes: Vec<i64> = places.iter().map(|id| id.index.cast_signed()).collect();
    let rows = sqlx::query!(
        r#"
        select level, tile, hashes
        from audit_tiles
        where epoch = $1 and (level, tile) in (select * from unnest($2::smallint[], $3::bigint[]))
        "#,
        epoch,
        &levels,
        &indexes,
    )
    .fetch_all(connection)
    .await?;
    let tiles = rows.into_iter().map(|row| Tile {
        id: TileId {
            level: u8::try_from(row.level).unwrap_or(u8::MAX),
            index: row.tile.cast_unsigned(),
        },
        bytes: row.hashes,
    });
    Ok(tiles.collect())
}

/// Begins a read-only transaction with a snapshot, and returns the name of the snapshot.
pub(super) async fn begin_snapshot(connection: &mut PgConnection) -> sqlx::Result<String> {
    let begin = "begin isolation level repeatable read read only";
    sqlx::raw_sql(begin).execute(&mut *connection).await?;
    sqlx::query_scalar("select pg_export_snapshot()")
        .fetch_one(connection)
        .await
}

/// Begins a read-only transaction with the snapshot of another one.
pub(super) async fn begin_with(connection: &mut PgConnection, snapshot: &str) -> sqlx::Result<()> {
    let begin =
        format!("begin isolation level repeatable read read only; set transaction snapshot '{snapshot}'");
    sqlx::raw_sql(AssertSqlSafe(begin))
        .execute(connection)
        .await
        .map(drop)
}
