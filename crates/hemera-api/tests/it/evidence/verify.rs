//! What `hemera-api audit verify` names, each brought about with the owner's login.

use super::stage::{KeptLog, kinds};
use super::{RECORD, key, until_leaves, value};
use crate::support::TestApp;

#[tokio::test]
async fn a_log_that_was_left_alone_is_what_it_states() {
    let stage = KeptLog::set().await;
    let (code, report) = stage.verify().await;
    assert_eq!((code, &report["ok"]), (0, &true.into()), "{report}");
    assert_eq!(report["records"], 300);
    assert_eq!(report["epochs"][0]["leaves"], 301);
    assert!(
        report["epochs"][0]["checkpoints"].as_u64().unwrap() >= 3,
        "{report}"
    );
    assert_eq!(report["not_seen"], serde_json::json!([]));
    // What it could not see, it says.
    let (code, report) = stage.verify_with(&[]).await;
    assert_eq!(
        (code, report["not_seen"].as_array().unwrap().len()),
        (0, 2),
        "{report}"
    );
    stage.export("left_alone", "ok 301").await;
}

#[tokio::test]
async fn a_changed_byte_is_named_with_its_record() {
    let stage = KeptLog::set().await;
    let id = stage.id_of(137).await;
    stage
        .tamper(&format!("update audit_log set request_id = 'b' where id = {id}"))
        .await;
    let (code, report) = stage.verify().await;
    assert_eq!((code, kinds(&report)), (1, vec!["changed"]), "{report}");
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["leaf"], &finding["record"]["id"]),
        (&137.into(), &id.into())
    );
    assert!(
        finding["record"]["at"].as_str().unwrap().ends_with('Z'),
        "{finding}"
    );
    stage.export("changed_byte", "TileVerificationError").await;
}

/// The owner changes a record, its hash, and every tile above it.
#[tokio::test]
async fn a_changed_record_whose_tiles_were_made_to_fit_is_seen_by_the_signature() {
    let stage = KeptLog::set().await;
    let id = stage.id_of(290).await;
    stage
        .tamper(&format!("delete from audit_log where id = {id}"))
        .await;
    stage
        .tamper("update audit_tiles set hashes = overlay(hashes placing sha256('x') from 32 * 34 + 1) where level = 0 and tile = 1")
        .await;
    let (code, report) = stage.verify().await;
    assert_eq!(code, 1);
    assert!(kinds(&report).contains(&"fork"), "{report}");
}

#[tokio::test]
async fn a_deleted_record_is_named() {
    let stage = KeptLog::set().await;
    let id = stage.id_of(12).await;
    stage
        .tamper(&format!("delete from audit_log where id = {id}"))
        .await;
    let (code, report) = stage.verify().await;
    assert_eq!((code, kinds(&report)), (1, vec!["missing"]), "{report}");
    assert_eq!(report["findings"][0]["record"]["id"], id);
    stage.export("deletion", "TileMissingError").await;
}

/// What a partition held that was dropped under a record that says so is no finding.
#[tokio::test]
async fn records_that_retention_dropped_are_counted_and_not_found() {
    let stage = KeptLog::set().await;
    let month = value(&stage.database, "to_char(now() at time zone 'UTC', 'YYYY_MM')").await;
    let retained = RECORD.replace("'courses.list'", "'audit.retain'").replace(
        "'a')",
        &format!(
            "'a'); update audit_log set resource_id = 'audit_log_{}' where operation = 'audit.retain'",
            month.as_str().unwrap()
        ),
    );
    // The next server makes it a leaf.
    stage
        .database
        .run(&format!("set session_replication_role = replica; {retained}; insert into audit_pending (at, id) select at, id from audit_log where operation = 'audit.retain'"))
        .await;
    let app = TestApp::start_with(&[]).await;
    let (other, _) = app
        .beside(&[
            ("HEMERA_AUDIT__KEY", &stage.key),
            ("DATABASE_URL", &stage.database.server_url()),
        ])
        .await;
    until_leaves(&stage.database, 301).await;
    assert_eq!(other.finish().await, 0);
    app.finish().await;
    stage
        .tamper("delete from audit_log where operation <> 'audit.retain'")
        .await;
    let (code, report) = stage.verify().await;
    assert_eq!((code, &report["retained_away"]), (0, &300.into()), "{report}");
}

#[tokio::test]
async fn an_inserted_record_is_named() {
    let stage = KeptLog::set().await;
    stage.tamper(RECORD).await;
    let (code, report) = stage.verify().await;
    assert_eq!((code, kinds(&report)), (1, vec!["without_leaf"]), "{report}");
    let inserted = value(&stage.database, "(select max(id) from audit_log)").await;
    assert_eq!(report["findings"][0]["record"]["id"], inserted);
}

#[tokio::test]
async fn a_record_that_was_put_between_others_is_named() {
    let stage = KeptLog::set().await;
    stage.tamper(RECORD).await;
    stage
        .tamper(
            "update audit_batches set ids = ids[:5] || (select max(id) from audit_log) || ids[6:],
                ats = ats[:5] || (select at from audit_log order by id desc limit 1) || ats[6:]
            where first_leaf = (select max(first_leaf) from audit_batches where cardinality(ids) > 5)",
        )
        .await;
    let (code, report) = stage.verify().await;
    assert_eq!(code, 1);
    assert!(
        kinds(&report).contains(&"moved") || kinds(&report).contains(&"changed"),
        "{report}"
    );
    stage.export("insertion", "TileVerificationError").await;
}

#[tokio::test]
async fn two_records_in_each_others_place_are_named() {
    let stage = KeptLog::set().await;
    stage
        .tamper(
            "update audit_batches set ids = ids[:1] || ids[3:3] || ids[2:2] || ids[4:],
                ats = ats[:1] || ats[3:3] || ats[2:2] || ats[4:]
            where first_leaf = (select max(first_leaf) from audit_batches where cardinality(ids) > 5)",
        )
        .await;
    let (code, report) = stage.verify().await;
    assert_eq!((code, kinds(&report)), (1, vec!["moved"]), "{report}");
    assert_eq!(report["findings"].as_array().unwrap().len(), 2, "{report}");
    stage.export("reordering", "TileVerificationError").await;
}

/// The owner sets the log back to an older signed state: inside the database all of it fits.
#[tokio::test]
async fn a_cut_tail_is_seen_by_a_checkpoint_from_outside_alone() {
    let stage = KeptLog::set().await;
    stage
        .tamper(
            "delete from audit_log using (select unnest(ids) as id from audit_batches) as leaf where audit_log.id = leaf.id;
            delete from audit_batches;
            delete from audit_checkpoints where size > 1;
            delete from audit_tiles where tile > 0 or level > 0;
            update audit_tiles set hashes = substr(hashes, 1, 32);
            update audit_sequencer set size = 1, note = (select note from audit_checkpoints)",
        )
        .await;
    let (code, report) = stage.verify_with(&["--key", &stage.verifier]).await;
    assert_eq!(code, 0, "nothing in the database says so: {report}");
    assert!(
        report["not_seen"][0].as_str().unwrap().contains("from outside"),
        "{report}"
    );
    let (code, report) = stage.verify().await;
    assert_eq!((code, kinds(&report)), (1, vec!["cut_tail"]), "{report}");
    assert!(
        report["findings"][0]["text"]
            .as_str()
            .unwrap()
            .contains("301 leaves"),
        "{report}"
    );
    stage.export("cut_tail", "the tail is cut").await;
}

/// A person who has the database and the key writes another history, with good signatures.
#[tokio::test]
async fn a_forked_log_is_seen_by_a_checkpoint_from_outside_alone() {
    let stage = KeptLog::set().await;
    stage
        .tamper(
            "delete from audit_log; delete from audit_batches; delete from audit_checkpoints; delete from audit_tiles;
            delete from audit_epochs; update audit_sequencer set epoch = null, size = 0, note = null",
        )
        .await;
    let app = TestApp::start_with(&[]).await;
    let settings = [
        ("HEMERA_AUDIT__KEY", stage.key.as_str()),
        ("DATABASE_URL", &stage.database.server_url()),
    ];
    let (forger, _) = app.beside(&settings).await;
    stage.database.run(&[RECORD; 400].join(";")).await;
    until_leaves(&stage.database, 400).await;
    assert_eq!(forger.finish().await, 0);
    app.finish().await;
    let (code, report) = stage.verify_with(&["--key", &stage.verifier]).await;
    assert_eq!(code, 0, "the forger has the key: {report}");
    let (code, report) = stage.verify().await;
    assert_eq!((code, kinds(&report)), (1, vec!["fork"]), "{report}");
    stage.export("forked_log", "forked").await;
}

#[tokio::test]
async fn a_log_that_was_signed_with_another_key_is_named() {
    let stage = KeptLog::set().await;
    let other = transparency_log::SigningKey::parse(&key()).unwrap();
    let other = other.verifier("hemera/audit/1").unwrap();
    let (code, report) = stage.verify_with(&["--key", other.as_str()]).await;
    assert_eq!((code, kinds(&report)[0]), (1, "key"), "{report}");
    stage
        .tamper("update audit_sequencer set note = replace(note, '301', '300')")
        .await;
    let (code, report) = stage.verify().await;
    assert_eq!((code, kinds(&report)), (1, vec!["signature"]), "{report}");
}
