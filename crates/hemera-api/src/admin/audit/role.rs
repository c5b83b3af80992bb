//! Who has called with a role.

use std::collections::BTreeMap;
use std::time::SystemTime;

use freshness::Clock;
use hemera_types::Timestamp;

use super::error::AuditCommandError;
use super::period::{Period, PointInTime};
use super::records::filter::RecordFilter;
use super::records::query::{self, PAGE};
use super::session::Session;
use crate::config::DatabaseUrl;

/// How many pages of records are read at most, the newest first.
const PAGES: usize = 20;

/// The callers who had this role in a request from a time until now, with their requests: those of the newest records.
///
/// # Errors
/// [`AuditCommandError`].
pub(crate) async fn callers_with_role(
    url: &DatabaseUrl,
    role: &str,
    since: SystemTime,
    clock: &dyn Clock,
) -> Result<BTreeMap<String, u64>, AuditCommandError> {
    let period = Period::of(PointInTime::At(Timestamp::from(since)), None, clock)?;
    let everything = RecordFilter::default();
    let mut session = Session::to_read(url, "drill").await?;
    let mut callers = BTreeMap::new();
    let mut after = None;
    for _ in 0..PAGES {
        let keys = session
            .run(async |connection| query::newest_first(connection, period, &everything, after, PAGE).await)
            .await?;
        let records = session
            .run(async |connection| query::read(connection, &keys).await)
            .await?;
        for record in records
            .iter()
            .filter(|record| record.role.as_deref() == Some(role))
        {
            let subject = record.subject.clone().unwrap_or_default();
            *callers.entry(subject).or_default() += u64::try_from(record.occurrences).unwrap_or_default();
        }
        after = keys.last().copied();
        if keys.len() < PAGE {
            break;
        }
    }
    session.close().await;
    Ok(callers)
}
