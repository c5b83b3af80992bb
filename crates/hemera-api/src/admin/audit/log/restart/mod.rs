//! `hemera-api audit restart`.

mod query;

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use freshness::{Clock as _, SystemClock};
use sqlx::Connection as _;
use time::OffsetDateTime;

use super::reader::within;
use crate::admin::{Console, Failure};
use crate::config::{DatabaseUrl, EvidenceConfig};
use crate::database::connect;
use crate::evidence::{Opening, Previous, epoch_origin, leaf, open_epoch};

/// How long it waits for a server's round to end.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Args, Debug)]
pub(crate) struct Restart {
    /// Why; it is part of the log for good
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// An epoch that was begun.
#[derive(Debug)]
pub(crate) struct NewEpoch {
    pub(crate) epoch: i32,
    pub(crate) verifier_key: String,
}

pub(crate) async fn run(
    arguments: &Restart,
    console: &Console,
    url: &DatabaseUrl,
    audit: &EvidenceConfig,
) -> Result<ExitCode, Failure> {
    let NewEpoch { epoch, verifier_key } = begin_epoch(&arguments.reason, url, audit).await?;
    console.print(format_args!(
        "epoch {epoch} has begun; its verifier key, for everyone who checks the log:\n{verifier_key}"
    ));
    Ok(ExitCode::SUCCESS)
}

/// Begins an epoch, with the owner's login.
///
/// # Errors
/// If there is no key, or the database refuses it. Then nothing was changed.
pub(crate) async fn begin_epoch(
    reason: &str,
    url: &DatabaseUrl,
    audit: &EvidenceConfig,
) -> Result<NewEpoch, Failure> {
    let key = audit.key.as_ref().ok_or(
        "the new epoch needs the key that its servers have: set HEMERA_AUDIT__KEY_FILE (`hemera-api audit key new` makes one)",
    )?;
    let options = url.options().application_name("hemera-api audit restart");
    let options = options.options([("lock_timeout", format!("{}ms", LOCK_TIMEOUT.as_millis()))]);
    let mut connection = connect(url, &options).await?;
    let mut transaction = within(connection.begin()).await?;
    let before = within(query::take_state(&mut transaction)).await?;
    let epoch = within(query::newest_epoch(&mut transaction)).await? + 1;
    let origin = epoch_origin(&audit.origin, epoch);
    let previous = before.epoch.zip(before.note);
    let opening = Opening {
        epoch,
        verifier_key: key.verifier(&origin)?.as_str().to_owned(),
        origin,
        began_at: leaf::shown(OffsetDateTime::from(SystemClock.now().wall)),
        reason: reason.to_owned(),
        previous: previous.map(|(epoch, checkpoint)| Previous { epoch, checkpoint }),
    };
    open_epoch(&mut transaction, key, &opening).await?;
    within(query::record_restart(&mut transaction, epoch)).await?;
    within(transaction.commit()).await?;
    Ok(NewEpoch {
        epoch,
        verifier_key: opening.verifier_key,
    })
}
