//! Records of parts of a request are leaves like all others, and their numbers are part of the leaves.

use serde_json::json;

use super::stage::KeptLog;
use super::{key, until_leaves, value};
use crate::academy::academy_with;

#[tokio::test]
async fn the_number_of_an_update_cannot_be_changed_unseen() {
    let key = key();
    let app = academy_with(&[("HEMERA_AUDIT__KEY", &key)]).await;
    let body = json!({ "updates": [
        { "participationId": "part_anna", "resultNotes": "A" },
        { "participationId": "part_bernd", "resultNotes": "B" },
    ] });
    app.service_key()
        .put("/api/service/participation-results", &body)
        .await
        .assert_status(200);
    until_leaves(&app.database, 3).await;
    let mut kept = KeptLog {
        database: app.finish().await,
        folder: tempfile::tempdir().unwrap(),
        verifier: String::new(),
        key,
    };
    let verifier = value(&kept.database, "(select verifier_key from audit_epochs)").await;
    kept.verifier = verifier.as_str().unwrap().to_owned();
    kept.keep("outside").await;
    let (code, report) = kept.verify().await;
    assert_eq!((code, &report["findings"]), (0, &json!([])), "{report:#}");

    kept.tamper("update audit_log set item = 3 where item = 2").await;
    let (code, report) = kept.verify().await;
    assert_eq!(
        (code, super::stage::kinds(&report)),
        (1, vec!["changed"]),
        "{report:#}"
    );
}
