//! `GET /api/service/courses`

use axum::extract::State;
use hemera_types::{CourseQuery, CourseSummary, Pagination};

use super::{query, row};
use crate::error::ApiError;
use crate::extract::ApiQuery;
use crate::respond::Reply;
use crate::state::AppState;

/// A page of the courses that meet all filters.
pub async fn list(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<CourseQuery>,
) -> Result<Reply<Vec<CourseSummary>>, ApiError> {
    let (total, courses) = row::page(query::page(&state.pool, &query).await?)?;
    Ok(Reply::new(courses).with_pagination(Pagination {
        total,
        limit: query.limit,
        offset: query.offset,
    }))
}
