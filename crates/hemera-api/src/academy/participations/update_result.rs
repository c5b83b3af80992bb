//! `PUT /api/service/participations/{id}/result`

use axum::extract::State;
use hemera_types::{ErrorCode, Participation, ParticipationId, ResultUpdate, UPDATED_MESSAGE};

use super::NOT_FOUND;
use super::query::{self, Attempt, Verdict};
use crate::academy::Academy;
use crate::auth::Caller;
use crate::wire::error::ApiError;
use crate::wire::extract::{ApiBody, ApiPath, Exchange, Precondition};
use crate::wire::respond::Reply;

/// Writes what the body names, if the participation is still the one that the caller read.
///
/// Whatever the statement decides, it has written the audit record too.
pub(crate) async fn update_result(
    State(academy): State<Academy>,
    caller: Caller,
    exchange: Exchange,
    ApiPath(id): ApiPath<ParticipationId>,
    Precondition(condition): Precondition,
    ApiBody(update): ApiBody<ResultUpdate>,
) -> Result<Reply<Participation>, ApiError> {
    let attempt = Attempt {
        id: &id,
        update: &update,
        condition: condition.as_ref(),
        caller: &caller,
        exchange: &exchange,
        duration: academy.clock.now().since(exchange.started()),
    };
    match query::update_result(&academy.pool, &attempt).await? {
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
