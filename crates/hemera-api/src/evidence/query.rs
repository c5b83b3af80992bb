//! SQL of the sequencer. All of a round is in one transaction.

use std::time::Duration;

use sqlx::PgConnection;
use time::OffsetDateTime;
use transparency_log::{Tile, TileId};
use uuid::Uuid;

use super::LeafRecord;

/// How many rows of `audit_pending` are looked at for the oldest: a backlog is reported roughly, but soon.
const LOOKED_AT: i64 = 20_000;

/// What the database says of the log, without a lock.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) epoch: Option<i32>,
    pub(super) size: i64,
    pub(super) note_at: Option<OffsetDateTime>,
    /// The age in seconds of the oldest record that is in no leaf. `None` where all are.
    pub(super) pending: Option<f64>,
    /// Whether this server may make the next round.
    pub(super) is_free: bool,
}

pub(super) async fn state(connection: &mut PgConnection, holder: Uuid) -> sqlx::Result<State> {
    sqlx::query_as!(
        State,
        r#"
        select epoch, size, note_at,
            (holder is not distinct from $1 or held_until < clock_timestamp()) as "is_free!",
            (
                select extract(epoch from clock_timestamp() - min(noted_at))::float8
                from (select noted_at from audit_pending limit $2) as looked_at
            ) as pending
        from audit_sequencer
        "#,
        holder,
        LOOKED_AT,
    )
    .fetch_one(connection)
    .await
}

/// The log in the hands of one server.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) epoch: Option<i32>,
    pub(super) size: i64,
    pub(super) note: Option<String>,
    pub(super) fence: i64,
}

/// Takes the lease or prolongs it, and locks its row until the transaction ends. `None` where another server has it.
pub(super) async fn take_lease(
    connection: &mut PgConnection,
    holder: Uuid,
    span: Duration,
) -> sqlx::Result<Option<Held>> {
    sqlx::query_as!(
        Held,
        r#"
        update audit_sequencer set
            holder = $1,
            fence = case when holder is not distinct from $1 then fence else fence + 1 end,
            held_until = clock_timestamp() + make_interval(secs => $2)
        where holder is not distinct from $1 or held_until < clock_timestamp()
        returning epoch, size, note, fence
        "#,
        holder,
        span.as_secs_f64(),
    )
    .fetch_optional(connection)
    .await
}

/// Gives the lease back, so that the next server need not wait for its end.
pub(super) async fn release(connection: &mut PgConnection, holder: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "update audit_sequencer set held_until = '-infinity' where holder = $1",
        holder
    )
    .execute(connection)
    .await
    .map(drop)
}

/// The key of an epoch.
pub(super) async fn verifier_key(connection: &mut PgConnection, epoch: i32) -> sqlx::Result<String> {
    sqlx::query_scalar!("select verifier_key from audit_epochs where epoch = $1", epoch)
        .fetch_one(connection)
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

/// Takes the next records that are in no leaf, in the order in which they were noted.
pub(super) async fn take_pending(connection: &mut PgConnection, most: i64) -> sqlx::Result<Vec<LeafRecord>> {
    sqlx::query_as!(
        LeafRecord,
        r#"
        with taken as (
            delete from audit_pending
            where ctid = any (array(select ctid from audit_pending limit $1))
            returning at, id, noted_at
        )
        select
            record.id is not null as "found!", taken.id as "id!", taken.at as "at!", recorded_at as "recorded_at?",
            record_id as "record_id?", request_id as "request_id?", trace_id as "trace_id?", subject as "subject?",
            role as "role?", proof as "proof?", key_name as "key_name?", token_id as "token_id?",
            session_id as "session_id?", permissions as "permissions?",
            permissions_granted as "permissions_granted?",
            operation as "operation?", resource_id as "resource_id?", outcome::text as "outcome?", status as "status?",
            error_code as "error_code?", reason as "reason?", changed_fields as "changed_fields?",
            resource_version as "resource_version?", items as "items?", duration_us as "duration_us?",
            occurrences as "occurrences?", host(client_address) as "client_address?", user_agent as "user_agent?",
            security_events as "security_events?", persons_commitment as "persons_commitment?",
            address_commitment as "address_commitment?", user_agent_commitment as "user_agent_commitment?",
            item as "item?"
        from taken left join audit_log as record on record.at = taken.at and record.id = taken.id
        order by taken.noted_at, taken.at, taken.id
        "#,
        most,
    )
    .fetch_all(connection)
    .await
}

/// Begins an epoch.
pub(super) async fn insert_epoch(
    connection: &mut PgConnection,
    epoch: i32,
    origin: &str,
    verifier_key: &str,
    opening: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into audit_epochs (epoch, origin, verifier_key, opening) values ($1, $2, $3, $4)",
        epoch,
        origin,
        verifier_key,
        opening,
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Notes which records the next leaves are.
pub(super) async fn insert_batch(
    connection: &mut PgConnection,
    epoch: i32,
    first_leaf: i64,
    records: &[&LeafRecord],
) -> sqlx::Result<()> {
    let ats: Vec<OffsetDateTime> = records.iter().map(|record| record.at).collect();
    let ids: Vec<i64> = records.iter().map(|record| record.id).collect();
    sqlx::query!(
        "insert into audit_batches (epoch, first_leaf, ats, ids) values ($1, $2, $3, $4)",
        epoch,
        first_leaf,
        &ats,
        &ids,
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Stores tiles that are new or longer.
pub(super) async fn store_tiles(
    connection: &mut PgConnection,
    epoch: i32,
    tiles: &[Tile],
) -> sqlx::Result<()> {
    let levels: Vec<i16> = tiles.iter().map(|tile| i16::from(tile.id.level)).collect();
    let indexes: Vec<i64> = tiles.iter().map(|tile| tile.id.index.cast_signed()).collect();
    let hashes: Vec<&[u8]> = tiles.iter().map(|tile| tile.bytes.as_slice()).collect();
    sqlx::query!(
        r#"
        insert into audit_tiles (epoch, level, tile, hashes)
        select $1, level, tile, hashes
        from unnest($2::smallint[], $3::bigint[], $4::bytea[]) as changed (level, tile, hashes)
        on conflict (epoch, level, tile) do update set hashes = excluded.hashes
        "#,
        epoch,
        &levels,
        &indexes,
        &hashes as &[&[u8]],
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Stores the new state of the log.
pub(super) async fn set_state(
    connection: &mut PgConnection,
    epoch: i32,
    size: i64,
    note: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update audit_sequencer set epoch = $1, size = $2, note = $3, note_at = clock_timestamp()",
        epoch,
        size,
        note,
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Keeps a checkpoint that is about to be exported.
pub(super) async fn keep_checkpoint(
    connection: &mut PgConnection,
    epoch: i32,
    size: i64,
    note: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into audit_checkpoints (epoch, size, note) values ($1, $2, $3) on conflict do nothing",
        epoch,
        size,
        note,
    )
    .execute(connection)
    .await
    .map(drop)
}
