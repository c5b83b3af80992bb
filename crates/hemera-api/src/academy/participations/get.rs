//! `GET /api/service/participations/{id}`

use axum::extract::State;
use hemera_types::{Participation, ParticipationId};

use super::{NOT_FOUND, query};
use crate::academy::Academy;
use crate::wire::error::ApiError;
use crate::wire::extract::ApiPath;
use crate::wire::respond::Reply;

/// A participation, with its version as the entity tag.
pub(crate) async fn get(
    State(academy): State<Academy>,
    ApiPath(id): ApiPath<ParticipationId>,
) -> Result<Reply<Participation>, ApiError> {
    let row = query::get(&academy.database, &id).await?;
    let row = row.ok_or_else(|| ApiError::not_found(NOT_FOUND))?;
    let person = row.user_id.clone();
    let (participation, version) = row.into_wire(&academy.identity)?;
    Ok(Reply::new(participation)
        .with_version(version)
        .about(vec![person]))
}
