//! `GET /api/service/courses`

use axum::extract::State;
use hemera_types::{CourseQuery, CourseSummary, Pagination};

use super::{query, row};
use crate::academy::Academy;
use crate::wire::error::ApiError;
use crate::wire::extract::ApiQuery;
use crate::wire::respond::Reply;

/// A page of the courses that meet all filters.
pub(crate) async fn list(
    State(academy): State<Academy>,
    ApiQuery(query): ApiQuery<CourseQuery>,
) -> Result<Reply<Vec<CourseSummary>>, ApiError> {
    let (total, courses) = row::page(query::page(&academy.database, &query).await?)?;
    let items = courses.len();
    Ok(Reply::new(courses).with_items(items).with_pagination(Pagination {
        total,
        limit: query.limit,
        offset: query.offset,
    }))
}
