//! "A restore to a moment" (docs/failover.md), from the new epoch on.

use std::time::Duration;

use clap::Args;
use freshness::{Clock as _, Moment, SystemClock};
use reqwest::StatusCode;
use serde_json::json;
use tokio::time::sleep;
use url::Url;

use super::promise::Promise;
use super::report::DrillReport;
use crate::admin::Failure;
use crate::admin::audit::{Known, NewEpoch, SetBack, begin_epoch, check_restored, end_of_log};
use crate::config::{DatabaseUrl, Inputs, load_database, load_evidence_as_owner};

/// Within what time a server that has seen the lost records goes on: it looks every 5 s, and a record is then a leaf within 2 s.
const GOES_ON: Duration = Duration::from_secs(7);

/// How long that is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// How long the server may take to say whether it is ready.
const READY: Duration = Duration::from_secs(10);

/// Where, and what is known of the database from before it was restored.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct RestoreTarget {
    /// A server at the restored database, as its callers reach it, for example `https://hemera.example.com`
    #[arg(long, value_name = "ORIGIN")]
    server: Url,
    /// Why the database was restored, and to when; it is part of the log for good
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    known: Known,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

const AFTER_HELP: &str = "\
Example:
  hemera-api drill restore --server https://hemera.example.com --reason 'restored to 2027-01-31 04:00' \\
    --key hemera/audit/1+1a2b3c4d+AbCd… --checkpoint before.txt --checkpoint newest.txt
DATABASE_URL is the restored database with an auditor's login, HEMERA_DATABASE__ADMIN_URL the same with the owner's,
HEMERA_AUDIT__KEY_FILE the key of the servers.
Exit codes: 0 every promise was kept; 1 one was missed; 2 wrong arguments; 3 it could not be run, for example because no leaf
was lost. Then nothing was changed.";

pub(super) async fn run(
    inputs: &Inputs,
    report: &DrillReport<'_>,
    target: &RestoreTarget,
) -> Result<(), Failure> {
    let auditor = load_database(inputs)?;
    let (owner, audit) = load_evidence_as_owner(inputs)?;
    let origin = target.server.as_str().trim_end_matches('/').to_owned();
    report.begin(
        &format!("{}, with the server {origin}", owner.shown()),
        json!({ "database": owner.shown(), "server": origin }),
    );
    let before = report
        .step("what was lost", check_restored(&target.known, &auditor))
        .await?;
    if !holds_what_is_left(report, &before) {
        return Ok(());
    }
    if before.lost.is_empty() {
        return Err(
            "nothing was changed: no checkpoint states more leaves of the newest epoch than this database has, so no leaf is \
             known to be lost, and the log can go on. If records were lost, give a checkpoint from after the moment with --checkpoint"
                .into(),
        );
    }
    report.fact("lost", &before.lost.join("; "), json!(before.lost));
    let NewEpoch { epoch, verifier_key } = report
        .step(
            "a new epoch is begun",
            begin_epoch(&target.reason, &owner, &audit),
        )
        .await?;
    let began = SystemClock.now();
    report.fact(
        "verifierKey",
        &format!("its verifier key is {verifier_key}"),
        json!(verifier_key),
    );
    report.stays(format!(
        "epoch {epoch} of the transparency log: it cannot be taken back"
    ));
    report.waits("a server goes on in the new epoch", GOES_ON);
    let went_on = until_it_goes_on(&auditor, epoch, began).await?;
    report.promise(Promise::at_most(
        "a server goes on in the new epoch",
        "",
        GOES_ON,
        went_on,
    ));
    report.promise(ready(&origin).await?);
    let after = report
        .step("both epochs are checked", check_restored(&target.known, &auditor))
        .await?;
    report.promise(nothing_else_is_found(&before, &after));
    Ok(())
}

/// Whether the check after the new epoch finds what was lost, and that alone.
fn nothing_else_is_found(before: &SetBack, after: &SetBack) -> Promise {
    let lost = before.lost.len() + before.explained.len();
    let others = after.lost.len() + after.other.len();
    Promise::holds(
        "a check of all epochs finds what was lost, and nothing else",
        "the same",
        format!(
            "{} of {lost}, {others} others, in {} epochs",
            after.explained.len(),
            after.epochs
        ),
        after.explained.len() == lost && others == 0 && after.epochs == before.epochs + 1,
    )
}

/// Whether what the restored database has is what was signed. On top of anything else no epoch is begun.
fn holds_what_is_left(report: &DrillReport<'_>, before: &SetBack) -> bool {
    let kept = before.other.is_empty();
    if !kept {
        report.fact("found", &before.other.join("; "), json!(before.other));
    }
    report.promise(Promise::holds(
        "what the restored database has is what was signed",
        "no finding",
        format!("{} findings in {} epochs", before.other.len(), before.epochs),
        kept,
    ));
    kept
}

/// From the new epoch on until the record of its beginning is a leaf. `None` if that was not seen in time.
async fn until_it_goes_on(
    auditor: &DatabaseUrl,
    epoch: i32,
    began: Moment,
) -> Result<Option<Duration>, Failure> {
    loop {
        let end = end_of_log(auditor).await?;
        let passed = SystemClock.now().since(began);
        // Leaf 0 is the opening.
        if end.is_some_and(|(newest, size)| newest == epoch && size > 1) {
            return Ok(Some(passed));
        }
        if passed > PATIENCE {
            return Ok(None);
        }
        sleep(BETWEEN_LOOKS).await;
    }
}

async fn ready(origin: &str) -> Result<Promise, Failure> {
    let client = reqwest::Client::builder().timeout(READY).build()?;
    let answer = client.get(format!("{origin}/readyz")).send().await;
    let (kept, said) = match answer {
        Ok(answer) => (answer.status() == StatusCode::OK, answer.status().to_string()),
        Err(error) => (false, error.without_url().to_string()),
    };
    Ok(Promise::holds("the server is ready", "200", said, kept))
}
