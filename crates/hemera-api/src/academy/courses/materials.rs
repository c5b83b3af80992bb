//! `GET /api/service/courses/{id}/materials`

use axum::extract::State;
use hemera_types::{CourseId, CourseMaterials};

use super::{NOT_FOUND, query, row};
use crate::academy::Academy;
use crate::wire::error::ApiError;
use crate::wire::extract::ApiPath;
use crate::wire::respond::Reply;

/// What is taught in a course, and with what.
pub(crate) async fn materials(
    State(academy): State<Academy>,
    ApiPath(id): ApiPath<CourseId>,
) -> Result<Reply<CourseMaterials>, ApiError> {
    let materials = row::materials(query::materials(&academy.database, &id).await?)?;
    materials
        .map(|materials| {
            let items = materials.topics.iter().map(|topic| topic.materials.len()).sum();
            Reply::new(materials).with_items(items)
        })
        .ok_or_else(|| ApiError::not_found(NOT_FOUND))
}
