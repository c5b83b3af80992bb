//! `PUT /api/service/participation-results`

use axum::extract::State;
use hemera_types::{ItemResult, ItemResults, Open, ResultUpdates, ResultVerdict, VERDICTS_MESSAGE};

use super::item_writer::{ItemWriter, NotWritten};
use crate::academy::Academy;
use crate::auth::Caller;
use crate::wire::error::ApiError;
use crate::wire::extract::{ApiBody, HandlerStart, RateCharge, RequestContext};
use crate::wire::respond::Reply;

/// Writes the updates one after the other, each by itself: with its own statement, condition, verdict and audit record.
///
/// What keeps one of them from being written does not keep the others, as long as there is time and a database for them.
/// Where the database decided on none, the request as a whole has failed.
pub(crate) async fn update_results(
    State(academy): State<Academy>,
    caller: Caller,
    context: RequestContext,
    HandlerStart(began): HandlerStart,
    charge: RateCharge,
    ApiBody(updates): ApiBody<ResultUpdates>,
) -> Result<Reply<ItemResults>, ApiError> {
    charge.raise_to(updates.weight()).await?;
    let writer = ItemWriter::new(&academy, &caller, &context, began);
    let mut results = Vec::with_capacity(updates.items().len());
    let mut decided = 0;
    let mut first_error = None;
    let mut is_over = false;
    for (number, item) in (1..).zip(updates.items()) {
        let open = |verdict| ItemResult {
            participation_id: item.participation_id.clone(),
            verdict: Open::Known(verdict),
            etag: None,
            audit_record: None,
        };
        if is_over {
            results.push(open(ResultVerdict::NotReached));
            continue;
        }
        match writer.write(number, item).await {
            Ok(result) => {
                decided += 1;
                results.push(result);
            }
            Err(NotWritten::Fault(error)) => return Err(error),
            Err(NotWritten::Open {
                error,
                record,
                is_last,
            }) => {
                let verdict = record.map_or(ResultVerdict::NotReached, |_| ResultVerdict::Unknown);
                results.push(ItemResult {
                    audit_record: record.map(|record| record.to_string()),
                    ..open(verdict)
                });
                is_over = is_last;
                first_error.get_or_insert(error);
            }
        }
    }
    for verdict in results.iter().filter_map(|result| result.verdict.known()) {
        academy.results.judged(verdict);
    }
    if let (0, Some(error)) = (decided, first_error) {
        return Err(error);
    }
    let reached = results
        .iter()
        .filter(|result| result.audit_record.is_some())
        .count();
    Ok(Reply::new(ItemResults { results })
        .with_items(reached)
        .with_message(VERDICTS_MESSAGE))
}
