//! `GET /api/service/courses/{id}/materials`

use axum::extract::State;
use hemera_types::{CourseId, CourseMaterials};

use super::{NOT_FOUND, query, row};
use crate::http::state::AppState;
use crate::wire::error::ApiError;
use crate::wire::extract::ApiPath;
use crate::wire::respond::Reply;

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
