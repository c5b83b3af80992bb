//! The commands of the transparency log: keys, epochs, and files for other verifiers.

use super::stage::{KeptLog, kinds, run};
use super::{key, until_leaves};
use crate::support::{TestApp, role_names};

#[tokio::test]
async fn a_restart_begins_an_epoch_that_states_where_the_one_before_ended() {
    let stage = KeptLog::set().await;
    let next = key();
    let settings = [("HEMERA_AUDIT__KEY", next.as_str())];
    let owner = stage.database.url_as(&role_names().owner());
    let (code, out, err) = run(&["restart", "--reason", "a new key"], &owner, &settings).await;
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let verifier = out.lines().last().unwrap().to_owned();
    assert!(verifier.starts_with("hemera/audit/2+"), "{out}");

    let app = TestApp::start_with(&[]).await;
    let settings = [
        ("HEMERA_AUDIT__KEY", next.as_str()),
        ("DATABASE_URL", &stage.database.server_url()),
    ];
    let (server, _) = app.beside(&settings).await;
    until_leaves(&stage.database, 301).await;
    assert_eq!(server.finish().await, 0);
    app.finish().await;
    let outside = stage.file("outside");
    let keys = [
        "--key",
        &stage.verifier,
        "--key",
        &verifier,
        "--checkpoint",
        &outside,
    ];
    let (code, report) = stage.verify_with(&keys).await;
    assert_eq!(code, 0, "{report}");
    assert_eq!(report["epochs"].as_array().unwrap().len(), 2);
    let records = stage.database.rows("select operation, resource_id, subject is not null as by from audit_log where operation like 'audit.%'").await;
    assert_eq!(
        records,
        [serde_json::json!({ "operation": "audit.restart", "resource_id": "2", "by": true })]
    );
    // Without the new key, the second epoch is not taken on trust.
    let (code, report) = stage.verify().await;
    assert_eq!((code, kinds(&report)), (1, vec!["key"]), "{report}");
}

#[tokio::test]
async fn a_key_is_made_for_its_owner_alone_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.key");
    let path = file.to_str().unwrap();
    let (code, out, _) = run(&["key", "new", "--file", path], "", &[]).await;
    assert_eq!(code, 0);
    assert!(out.starts_with("hemera/audit/1+"), "{out}");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = std::fs::read(&file).unwrap();
    assert!(!out.contains(std::str::from_utf8(&before).unwrap().trim()));
    let (code, _, err) = run(&["key", "new", "--file", path], "", &[]).await;
    assert_eq!((code, std::fs::read(&file).unwrap()), (1, before), "{err}");
    let (_, shown, _) = run(&["key", "show", "--file", path], "", &[]).await;
    assert_eq!(shown, out);
}

/// The files are those of tlog-tiles: of each tile its hashes, of each bundle its entries.
#[tokio::test]
async fn an_epoch_is_written_in_the_files_of_tlog_tiles() {
    let stage = KeptLog::set().await;
    let folder = stage.folder.path().join("tiles");
    let url = stage.database.url_as(&role_names().auditor());
    let write = ["tiles", folder.to_str().unwrap()];
    let (code, out, err) = run(&write, &url, &[]).await;
    assert_eq!(code, 0, "{out}{err}");
    let read = |path: &str| std::fs::read(folder.join(path)).unwrap();
    assert_eq!(read("checkpoint"), std::fs::read(stage.file("outside")).unwrap());
    assert_eq!(read("tile/0/000").len(), 8192);
    assert_eq!(read("tile/0/001.p/45").len(), 45 * 32);
    assert_eq!(read("tile/1/000.p/1").len(), 32);
    let bundle = read("tile/entries/001.p/45");
    let length = usize::from(u16::from_be_bytes([bundle[0], bundle[1]]));
    let hash = transparency_log::leaf_hash(&bundle[2..2 + length]);
    assert_eq!(hash, read("tile/0/001.p/45")[..32]);
    let (code, _, err) = run(&write, &url, &[]).await;
    assert_eq!(code, 1, "{err}");
}
