//! `GET /api/service/courses/{id}/materials`

use axum::extract::State;
use hemera_types::{CourseId, CourseMaterials};

use super::{NOT_FOUND, query, row};
use crate::error::ApiError;
use crate::extract::ApiPath;
use crate::respond::Reply;
use crate::state::AppState;

/// What is taught in a course, and with what.
pub async fn materials(
    State(state): State<AppState>,
    ApiPath(id): ApiPath<CourseId>,
) -> Result<Reply<CourseMaterials>, ApiError> {
    let materials = row::materials(query::materials(&state.pool, &id).await?)?;
    materials
        .map(Reply::new)
        .ok_or_else(|| ApiError::not_found(NOT_FOUND))
}
