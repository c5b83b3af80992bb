//! `GET /api/service/participations/{id}`

use axum::extract::State;
use hemera_types::{Participation, ParticipationId};

use super::{NOT_FOUND, query};
use crate::http::state::AppState;
use crate::wire::error::ApiError;
use crate::wire::extract::ApiPath;
use crate::wire::respond::Reply;

/// A participation, with its version as the entity tag.
pub async fn get(
    State(state): State<AppState>,
    ApiPath(id): ApiPath<ParticipationId>,
) -> Result<Reply<Participation>, ApiError> {
    let row = query::get(&state.pool, &id).await?;
    let row = row.ok_or_else(|| ApiError::not_found(NOT_FOUND))?;
    let (participation, version) = row.show(&state.identity)?;
    Ok(Reply::new(participation).with_version(version))
}
