//! `GET /api/service/courses/{id}`

use axum::extract::State;
use hemera_types::{CourseDetail, CourseId};

use super::{NOT_FOUND, query, row};
use crate::http::state::AppState;
use crate::wire::error::ApiError;
use crate::wire::extract::ApiPath;
use crate::wire::respond::Reply;

/// A course and the people who booked it, published or not.
pub async fn get(
    State(state): State<AppState>,
    ApiPath(id): ApiPath<CourseId>,
) -> Result<Reply<CourseDetail>, ApiError> {
    let rows = query::detail(&state.pool, &id).await?;
    let course = row::detail(rows, &state.identity)?;
    course
        .map(Reply::new)
        .ok_or_else(|| ApiError::not_found(NOT_FOUND))
}
