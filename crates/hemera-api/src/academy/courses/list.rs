//! `GET /api/service/courses`

use axum::extract::State;
use hemera_types::{CourseQuery, CourseSummary, Pagination};

use super::{query, row};
use crate::http::state::AppState;
use crate::wire::error::ApiError;
use crate::wire::extract::ApiQuery;
use crate::wire::respond::Reply;

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
