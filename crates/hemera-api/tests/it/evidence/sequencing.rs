//! Records become leaves: each once, in the order in which they became visible, whichever server does it.

use std::time::Duration;

use sqlx::Connection as _;
use transparency_log::{SignedCheckpoint, SigningKey, Tree, VerifierKey, leaf_hash};

use super::{RECORD, key, leaves, until_leaves, value};
use crate::support::{Person, TestApp, TestDatabase, parsed};

/// The bound that is promised for the tail of the log.
const TAIL: Duration = Duration::from_secs(2);

async fn started(key: &str, settings: &[(&str, &str)]) -> TestApp {
    TestApp::start_with(&[&[("HEMERA_AUDIT__KEY", key)], settings].concat()).await
}

async fn records(database: &TestDatabase) -> i64 {
    value(database, "(select count(*) from audit_log)")
        .await
        .as_i64()
        .unwrap()
}

/// The newest checkpoint, if that key has signed it.
async fn checkpoint(database: &TestDatabase, key: &str, epoch: i32) -> transparency_log::Checkpoint {
    let note = value(database, "(select note from audit_sequencer)").await;
    let verifier = SigningKey::parse(key)
        .unwrap()
        .verifier(&format!("hemera/audit/{epoch}"))
        .unwrap();
    let stated = value(
        database,
        "(select verifier_key from audit_epochs order by epoch desc limit 1)",
    )
    .await;
    assert_eq!(VerifierKey::parse(stated.as_str().unwrap()).unwrap(), verifier);
    let note = SignedCheckpoint::parse(note.as_str().unwrap()).unwrap();
    note.verify(&verifier).unwrap().clone()
}

/// The tree over all records as they are now, in the order of their leaves, rebuilt from the rows.
async fn rebuilt(database: &TestDatabase) -> Tree {
    let opening = value(database, "(select opening from audit_epochs where epoch = 1)").await;
    let mut tree = Tree::new();
    tree.append([leaf_hash(opening.as_str().unwrap().as_bytes())]);
    // The leaf of a record, put together by other means than the server's.
    let leaves = database
        .rows(
            r#"select '{"id":' || id || ',"at":"' || micros(at) || '","recorded_at":"' || micros(recorded_at) || '"'
                || coalesce(',"request_id":"' || request_id || '"', '')
                || ',"operation":"' || operation || '","outcome":"' || outcome || '","status":' || status
                || ',"occurrences":' || occurrences || '}' as leaf
            from audit_batches, unnest(ats, ids) with ordinality as leaf (of_at, of_id, place)
            join audit_log on at = of_at and id = of_id
            order by first_leaf, place"#,
        )
        .await;
    for leaf in leaves {
        tree.append([leaf_hash(leaf["leaf"].as_str().unwrap().as_bytes())]);
    }
    tree
}

const MICROS: &str = "create function micros(timestamptz) returns text language sql as $$
    select to_char($1 at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') $$";

#[tokio::test]
async fn the_records_of_requests_are_in_the_log_when_the_server_has_stopped() {
    let key = key();
    let app = started(&key, &[]).await;
    for _ in 0..5 {
        app.service().get("/api/service/courses").await.assert_status(200);
    }
    app.anonymous()
        .get("/api/service/courses")
        .await
        .assert_status(401);
    app.person(Person::Admin)
        .get("/api/service/courses")
        .await
        .assert_status(200);
    let database = app.finish().await;
    assert_eq!(leaves(&database).await, records(&database).await);
    assert_eq!(value(&database, "(select count(*) from audit_pending)").await, 0);
    let checkpoint = checkpoint(&database, &key, 1).await;
    assert_eq!(checkpoint.size, 8, "the opening, and seven records");
    let kept = "(select note = (select note from audit_checkpoints order by size desc limit 1) from audit_sequencer)";
    assert_eq!(
        value(&database, kept).await,
        true,
        "the last checkpoint was exported"
    );
}

/// Rebuilt by other code from the rows: the checkpoint states what is there.
#[tokio::test]
async fn a_checkpoint_is_over_the_records_as_canonical_json() {
    let key = key();
    let app = started(&key, &[]).await;
    app.database
        .run(&[MICROS, ";", &[RECORD; 700].join(";")].concat())
        .await;
    until_leaves(&app.database, 700).await;
    app.database.run(RECORD).await;
    let database = app.finish().await;
    let tree = rebuilt(&database).await;
    let checkpoint = checkpoint(&database, &key, 1).await;
    assert_eq!((checkpoint.size, checkpoint.root), (702, tree.root()));
}

/// A transaction that is held open holds up no record of others, and its own is a leaf once it has committed.
#[tokio::test]
async fn a_transaction_that_is_held_open_holds_up_nothing_and_is_sequenced_once() {
    let key = key();
    let app = started(&key, &[]).await;
    let mut held = sqlx::PgConnection::connect_with(&parsed(&app.database.url()).options())
        .await
        .unwrap();
    sqlx::raw_sql("begin").execute(&mut held).await.unwrap();
    // Its id is the smallest, and its time is half a minute ago.
    let early = RECORD.replace("clock_timestamp()", "clock_timestamp() - interval '30 seconds'");
    sqlx::raw_sql(sqlx::AssertSqlSafe(early))
        .execute(&mut held)
        .await
        .unwrap();
    app.database.run(&[RECORD; 3].join(";")).await;
    assert!(until_leaves(&app.database, 3).await < TAIL);
    sqlx::raw_sql("commit").execute(&mut held).await.unwrap();
    assert!(until_leaves(&app.database, 4).await < TAIL);
    let last = "(select ids[cardinality(ids)] = (select min(id) from audit_log) from audit_batches order by first_leaf desc limit 1)";
    assert_eq!(
        value(&app.database, last).await,
        true,
        "the order is that of visibility"
    );
    let database = app.finish().await;
    assert_eq!(checkpoint(&database, &key, 1).await.size, 5);
}

#[tokio::test]
async fn two_servers_keep_one_log_with_each_record_once() {
    let key = key();
    let settings = [("HEMERA_AUDIT__KEY", key.as_str())];
    let app = started(&key, &[]).await;
    let (other, _) = app.beside(&settings).await;
    for round in 1..=6 {
        app.database.run(&[RECORD; 40].join(";")).await;
        if round == 3 {
            until_leaves(&app.database, 120).await;
            // As if the other one were next: both hold a right edge of their own.
            app.database
                .run("update audit_sequencer set held_until = '-infinity', holder = null")
                .await;
        }
    }
    until_leaves(&app.database, 240).await;
    assert_eq!(other.finish().await, 0);
    app.database.run(RECORD).await;
    let database = app.finish().await;
    assert_eq!(checkpoint(&database, &key, 1).await.size, 242);
    let distinct = "(select count(distinct (at, id)) from audit_batches, unnest(ats, ids) as leaf (at, id))";
    assert_eq!(value(&database, distinct).await, 241);
}

/// What a killed server leaves behind: the lease, which no server gives back.
#[tokio::test]
async fn the_log_of_a_server_that_was_killed_is_taken_over_within_two_seconds() {
    let key = key();
    let app = started(&key, &[]).await;
    app.database.run(RECORD).await;
    until_leaves(&app.database, 1).await;
    app.database
        .run(&format!(
            "begin;
            update audit_sequencer set holder = gen_random_uuid(), fence = fence + 1,
                held_until = clock_timestamp() + interval '1 second';
            {RECORD};
            commit"
        ))
        .await;
    assert!(until_leaves(&app.database, 2).await < TAIL);
    app.finish().await;
}

#[tokio::test]
async fn a_server_that_starts_again_continues_the_log() {
    let key = key();
    let app = started(&key, &[]).await;
    app.database.run(&[RECORD; 300].join(";")).await;
    until_leaves(&app.database, 300).await;
    let (next, _) = app.beside(&[("HEMERA_AUDIT__KEY", key.as_str())]).await;
    let database = app.finish().await;
    database.run(&[RECORD; 300].join(";")).await;
    until_leaves(&database, 600).await;
    assert_eq!(next.finish().await, 0);
    assert_eq!(checkpoint(&database, &key, 1).await.size, 601);
    assert_eq!(value(&database, "(select count(*) from audit_epochs)").await, 1);
}

/// Another key cannot go on with the log: the records wait, and none is lost.
#[tokio::test]
async fn a_server_with_another_key_sequences_nothing() {
    let first = key();
    let app = started(&first, &[]).await;
    app.database.run(RECORD).await;
    until_leaves(&app.database, 1).await;
    let other = key();
    let (beside, _) = app.beside(&[("HEMERA_AUDIT__KEY", other.as_str())]).await;
    let database = app.finish().await;
    database.run(RECORD).await;
    assert_eq!(beside.finish().await, 0);
    assert_eq!(leaves(&database).await, 1);
    assert_eq!(value(&database, "(select count(*) from audit_pending)").await, 1);
}

/// Nothing is signed on top of a tree that was changed.
#[tokio::test]
async fn a_server_does_not_go_on_with_a_tree_that_is_not_its_checkpoint() {
    let key = key();
    let app = started(&key, &[]).await;
    app.database.run(&[RECORD; 3].join(";")).await;
    until_leaves(&app.database, 3).await;
    let (next, _) = app.beside(&[("HEMERA_AUDIT__KEY", key.as_str())]).await;
    let database = app.finish().await;
    database
        .run(&format!(
            "update audit_tiles set hashes = overlay(hashes placing '\\xff'::bytea from 40); {RECORD}"
        ))
        .await;
    assert_eq!(next.finish().await, 0);
    assert_eq!(leaves(&database).await, 3);
}

/// A record that is gone before its turn leaves its place: the log goes on.
#[tokio::test]
async fn a_record_that_was_dropped_before_its_turn_holds_up_no_other() {
    let key = key();
    let app = started(&key, &[]).await;
    let gone = "insert into audit_pending (at, id) values (clock_timestamp(), 999999)";
    app.database.run(&[gone, ";", RECORD].concat()).await;
    until_leaves(&app.database, 1).await;
    assert_eq!(
        value(&app.database, "(select count(*) from audit_pending)").await,
        0
    );
    app.finish().await;
}

#[tokio::test]
async fn without_a_key_there_is_no_log_and_the_records_wait_for_one() {
    let app = TestApp::start().await;
    app.service().get("/api/service/courses").await.assert_status(200);
    let database = app.finish().await;
    assert_eq!(value(&database, "(select count(*) from audit_epochs)").await, 0);
    assert_eq!(value(&database, "(select count(*) from audit_pending)").await, 1);
}

/// The newest checkpoint is in the file, and a database that was set back is noticed by it.
#[tokio::test]
async fn a_database_that_lost_records_is_not_signed_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint");
    let path = file.to_str().unwrap().to_owned();
    let key = key();
    let with_file = [("HEMERA_AUDIT__CHECKPOINT_FILE", path.as_str())];
    let app = started(&key, &with_file).await;
    app.database.run(&[RECORD; 2].join(";")).await;
    until_leaves(&app.database, 2).await;
    let both = [with_file[0], ("HEMERA_AUDIT__KEY", key.as_str())];
    let (next, _) = app.beside(&both).await;
    let database = app.finish().await;
    let text = std::fs::read_to_string(&file).unwrap();
    let exported = SignedCheckpoint::parse(&text).unwrap();
    assert_eq!(exported.unverified().size, 3);

    let signing = SigningKey::parse(&key).unwrap();
    let further = transparency_log::Checkpoint {
        size: 9,
        ..exported.unverified().clone()
    };
    std::fs::write(&file, further.sign(&signing).unwrap().text()).unwrap();
    database.run(RECORD).await;
    assert_eq!(next.finish().await, 0);
    assert_eq!(leaves(&database).await, 2, "the file states nine leaves");
}
