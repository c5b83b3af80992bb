//! The log of a database that was set back, as the drill of a restore sees it.

use sqlx::Connection as _;
use transparency_log::SignedCheckpoint;

use super::findings::FindingKind;
use super::query;
use super::reader::within;
use super::verify::{Known, check};
use crate::admin::Failure;
use crate::config::DatabaseUrl;
use crate::database::connect;

/// What a check of the whole log found.
#[derive(Clone, Debug, Default)]
pub(crate) struct SetBack {
    /// One sentence for each checkpoint from outside that states leaves of the newest epoch which are gone.
    pub(crate) lost: Vec<String>,
    /// The same for epochs that have ended: the opening of the next one says why.
    pub(crate) explained: Vec<String>,
    /// All else that was found: a restore does not explain it.
    pub(crate) other: Vec<String>,
    pub(crate) epochs: usize,
}

/// Checks the whole log, as `audit verify` does.
///
/// # Errors
/// If it cannot be read.
pub(crate) async fn check_restored(known: &Known, url: &DatabaseUrl) -> Result<SetBack, Failure> {
    let checked = check(known, url).await?;
    let newest = checked.epochs.last().map(|epoch| epoch.epoch);
    let mut set_back = SetBack {
        epochs: checked.epochs.len(),
        ..SetBack::default()
    };
    for finding in checked.findings {
        let list = match finding.kind {
            FindingKind::CutTail if finding.epoch.is_some() && finding.epoch != newest => {
                &mut set_back.explained
            }
            FindingKind::CutTail => &mut set_back.lost,
            _ => &mut set_back.other,
        };
        list.push(finding.text);
    }
    Ok(set_back)
}

/// The newest epoch and how many leaves it has; `None` where there is no log.
///
/// # Errors
/// If it cannot be read.
pub(crate) async fn end_of_log(url: &DatabaseUrl) -> Result<Option<(i32, u64)>, Failure> {
    let options = url.options().application_name("hemera-api drill restore");
    let mut connection = connect(url, &options).await?;
    let state = within(query::state(&mut connection)).await?;
    // Courtesy to the server: dropping the connection ends the session anyway.
    let _ = connection.close().await;
    let size = |note: String| Some(SignedCheckpoint::parse(&note).ok()?.unverified().size);
    Ok(state.epoch.zip(state.note.and_then(size)))
}
