//! Which months are past their time.

use time::OffsetDateTime;

use super::super::error::AuditCommandError;
use super::super::partitions::partition::Range;
use super::super::partitions::query as partitions;
use super::super::session::Session;
use super::month::{Kind, PastMonth};
use super::query;
use crate::config::AuditConfig;

/// The months that ended as long ago as their rows are kept, or longer: details first, each from the oldest on.
///
/// Rows of past months that have no partition of their own get one, so that they can be dropped, too. A dry run makes
/// none, and so does not show these months.
pub(super) async fn past(
    session: &mut Session,
    now: OffsetDateTime,
    config: AuditConfig,
    is_dry_run: bool,
) -> Result<Vec<PastMonth>, AuditCommandError> {
    let kinds = [
        (Kind::Details, config.keep_details_months),
        (Kind::Records, config.keep_records_months),
    ];
    let mut months = Vec::new();
    for (kind, kept) in kinds {
        let cutoff = session
            .run(async |connection| partitions::months_before(connection, now, kept).await)
            .await?;
        if !is_dry_run {
            session
                .run(async |connection| query::make_past_months(connection, kind, cutoff).await)
                .await?;
        }
        let all = session
            .run(async |connection| partitions::all(connection).await)
            .await?;
        for one in all.into_iter().filter(|one| one.parent == kind.table()) {
            let (Some(begin), Some(end)) = (one.begin, one.end) else {
                continue;
            };
            if end > cutoff {
                continue;
            }
            let range = Range {
                begin: Some(begin),
                end: Some(end),
            };
            let rows = session
                .run(async |connection| partitions::count(connection, &one.parent, range).await)
                .await?;
            months.push(PastMonth {
                kind,
                name: one.name,
                begin,
                end,
                rows,
                size: one.size,
            });
        }
    }
    Ok(months)
}
