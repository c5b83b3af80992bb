//! `PUT /api/service/participations/{id}/result`

use axum::extract::State;
use hemera_types::{Operation, Participation, ParticipationId, ResultUpdate, UPDATED_MESSAGE};

use super::RETRY_AFTER;
use super::query::{self, Attempt};
use super::verdict::Decided;
use crate::academy::Academy;
use crate::auth::Caller;
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::{ApiBody, ApiPath, HandlerStart, Precondition, RequestContext};
use crate::wire::respond::Reply;

/// Writes what the body names, if the participation is still the one that the caller read.
///
/// Whatever the statement decides, it has written the audit record too; only where it came too late it has written
/// nothing at all.
pub(crate) async fn update_result(
    State(academy): State<Academy>,
    caller: Caller,
    context: RequestContext,
    HandlerStart(began): HandlerStart,
    ApiPath(id): ApiPath<ParticipationId>,
    Precondition(condition): Precondition,
    ApiBody(update): ApiBody<ResultUpdate>,
) -> Result<Reply<Participation>, ApiError> {
    let attempt = Attempt {
        id: &id,
        update: &update,
        condition: condition.as_ref(),
        caller: &caller,
        context: &context,
        duration: academy.clock.now().since(context.started()),
        operation: Operation::UpdateParticipationResult,
        record: context.audit_record(),
        item: None,
    };
    let ready = async {
        let turn = academy.writers.turn(id.as_str()).await;
        let lease = academy.database.lease_for_write(began).await?;
        Ok::<_, ApiError>((turn, lease))
    };
    let Some(ready) = context.caller_gone().run_until_cancelled(ready).await else {
        return Err(ApiError::unavailable(Reason::CallerGone, RETRY_AFTER));
    };
    let (_turn, mut lease) = ready?;
    context.write().sent();
    let verdict = query::update_result(&mut lease, &attempt).await;
    if verdict.is_ok() || lease.is_usable() {
        context.write().answered();
    }
    let (decided, row) = verdict?;
    if decided == Decided::Late {
        // Its clock may be set since the connection was opened: the next write compares them again.
        lease.discard();
    }
    if let Some(error) = decided.error() {
        return Err(error);
    }
    let row = row.ok_or_else(|| ApiError::internal("a write left no participation").audited())?;
    let (participation, version) = row
        .into_wire(&academy.identity)
        .map_err(|broken| ApiError::from(broken).audited())?;
    Ok(Reply::new(participation)
        .with_message(UPDATED_MESSAGE)
        .with_version(version)
        .audited())
}
