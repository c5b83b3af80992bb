//! The transparency log over the audit records: how records come into it, and who notices what was changed.

mod commands;
mod items;
mod sequencing;
mod stage;
mod verify;

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use serde_json::Value;
use transparency_log::SigningKey;

use crate::support::TestDatabase;

/// Longer than anything here should take; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A key as the settings have it.
pub(crate) fn key() -> String {
    SigningKey::generate("hemera/audit")
        .unwrap()
        .secret_text()
        .to_string()
}

/// A record, as a server of any version writes it.
const RECORD: &str = "insert into audit_log (at, operation, outcome, status, request_id)
    values (clock_timestamp(), 'courses.list', 'SUCCEEDED', 200, 'a')";

/// The one value of a query.
async fn value(database: &TestDatabase, query: &str) -> Value {
    let rows = database.rows(&format!("select {query} as value")).await;
    rows[0]["value"].clone()
}

async fn leaves(database: &TestDatabase) -> i64 {
    let sum = "(select coalesce(sum(cardinality(ids)), 0) from audit_batches)";
    value(database, sum).await.as_i64().unwrap()
}

/// Waits until so many records are leaves, and returns how long that took.
async fn until_leaves(database: &TestDatabase, expected: i64) -> Duration {
    let begin = SystemClock.now().monotonic;
    loop {
        let leaves = leaves(database).await;
        if leaves == expected {
            return SystemClock.now().monotonic.saturating_sub(begin);
        }
        assert!(leaves < expected, "{leaves} leaves, and {expected} records");
        assert!(
            SystemClock.now().monotonic.saturating_sub(begin) < PATIENCE,
            "{leaves} of {expected} leaves"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
