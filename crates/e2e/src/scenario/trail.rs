//! The walk's own audit trail, as an auditor reads and checks it.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};

use crate::auditor::{Auditor, LogKey};
use crate::checklist::Checklist;
use crate::failure::Failure;
use crate::stack::{Programs, Stack};

/// Until the last records of the walk are leaves: a bound of the server's, and the queues' time.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many records are printed.
const SHOWN: &str = "8";

/// Checks the log, and prints the end of the trail with its newest checkpoint.
pub(super) async fn walk(programs: &Programs, stack: &Stack, key: &LogKey, checklist: &mut Checklist) {
    let auditor = Auditor {
        hemera_api: &programs.hemera_api,
        url: stack.database.auditor_url(),
        key,
    };
    let step = "An auditor checks the trail: one signed log, no record beside it";
    checklist.step(step, is_one_log(&auditor)).await;
    let list = auditor.audit(&["list", "--limit", SHOWN]).await;
    if let Ok((0, list)) = list {
        checklist.text("The end of the trail:", &list);
    }
    if let Ok(checkpoint) = key.checkpoint() {
        checklist.text(
            "Its checkpoint, which servers leave outside the database:",
            &checkpoint,
        );
    }
}

async fn is_one_log(auditor: &Auditor<'_>) -> Result<(), Failure> {
    let began = SystemClock.now();
    loop {
        let verified = auditor.verify().await?;
        if verified.is_whole() {
            return Ok(());
        }
        if SystemClock.now().since(began) > PATIENCE {
            return Err(Failure::new("a log that has every record", verified.sentence()));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
