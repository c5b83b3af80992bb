//! `PUT /api/service/participations/{id}/result`

use std::time::Duration;

use axum::extract::State;
use hemera_types::{ErrorCode, Participation, ParticipationId, ResultUpdate, UPDATED_MESSAGE};

use super::NOT_FOUND;
use super::query::{self, Attempt, Verdict};
use crate::academy::Academy;
use crate::auth::Caller;
use crate::wire::error::{ApiError, Reason};
use crate::wire::extract::{ApiBody, ApiPath, HandlerStart, Precondition, RequestContext};
use crate::wire::respond::Reply;

/// When to try a write again that came too late to its lock.
const RETRY_AFTER: Duration = Duration::from_secs(1);

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
    match verdict? {
        Verdict::Late => {
            // Its clock may be set since the connection was opened: the next write compares them again.
            lease.discard();
            Err(ApiError::unavailable(Reason::WriteDeadlinePassed, RETRY_AFTER))
        }
        Verdict::Missing => Err(ApiError::not_found(NOT_FOUND).audited()),
        Verdict::Stale => Err(ApiError::new(ErrorCode::PreconditionFailed).audited()),
        Verdict::Current(row) => {
            let (participation, version) = row
                .into_wire(&academy.identity)
                .map_err(|broken| ApiError::from(broken).audited())?;
            Ok(Reply::new(participation)
                .with_message(UPDATED_MESSAGE)
                .with_version(version)
                .audited())
        }
    }
}
