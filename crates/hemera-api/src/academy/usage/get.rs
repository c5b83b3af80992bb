//! `GET /api/service/usage`

use axum::extract::State;
use hemera_types::{Usage, UsageQuery, UsageRow};
use time::{Duration, OffsetDateTime, Time};

use super::query;
use crate::academy::Academy;
use crate::wire::error::ApiError;
use crate::wire::extract::ApiQuery;
use crate::wire::respond::Reply;

/// Requests per day, subject, operation and status class. For admins.
///
/// Records reach the audit log through a queue, so the last moments may be missing.
pub(crate) async fn get(
    State(academy): State<Academy>,
    ApiQuery(query): ApiQuery<UsageQuery>,
) -> Result<Reply<Usage>, ApiError> {
    let today = OffsetDateTime::from(academy.clock.now().wall).replace_time(Time::MIDNIGHT);
    let until = today.saturating_add(Duration::DAY);
    let from = until.saturating_sub(Duration::days(i64::from(query.days)));
    let counts = query::count(&academy.database, from, until).await?;
    let rows = counts
        .into_iter()
        .map(|count| UsageRow {
            day: count.day,
            subject: count.subject,
            operation: count.operation,
            status_class: count.status_class,
            requests: count.requests.unsigned_abs(),
            items: count.items.unsigned_abs(),
        })
        .collect();
    Ok(Reply::new(Usage {
        days: query.days,
        rows,
    }))
}
