//! `GET /api/service/courses/{id}`

use axum::extract::State;
use hemera_types::{CourseDetail, CourseId};

use super::{NOT_FOUND, query, row};
use crate::academy::Academy;
use crate::wire::error::ApiError;
use crate::wire::extract::ApiPath;
use crate::wire::respond::Reply;

/// A course and the people who booked it, published or not.
pub(crate) async fn get(
    State(academy): State<Academy>,
    ApiPath(id): ApiPath<CourseId>,
) -> Result<Reply<CourseDetail>, ApiError> {
    let rows = query::detail(&academy.database, &id).await?;
    let course = row::detail(rows, &academy.identity)?;
    course
        .map(|(course, persons)| Reply::new(course).about(persons))
        .ok_or_else(|| ApiError::not_found(NOT_FOUND))
}
