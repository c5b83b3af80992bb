//! What is taught in a course, and with what.

use serde::{Deserialize, Serialize};

use crate::{CourseId, MaterialId, TopicId};

/// The materials of a course, as `GET /api/service/courses/{id}/materials` shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CourseMaterials {
    /// The course.
    pub course_id: CourseId,
    /// Its topics, in the order of the curriculum.
    pub topics: Vec<Topic>,
}

/// A topic of a curriculum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Topic {
    /// The topic.
    pub topic_id: TopicId,
    /// Its title, for people.
    pub topic_title: String,
    /// Its materials, by `sortOrder`, then id.
    pub materials: Vec<Material>,
}

/// A material of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Material {
    /// The material.
    pub material_id: MaterialId,
    /// The name that slides and recordings refer to it by.
    pub identifier: String,
    /// Its title, for people.
    pub title: String,
    /// Its place within the topic.
    pub sort_order: i32,
    /// Its text, where it has one. Written by Hemera's editors: sanitize it before a browser shows it.
    pub html_content: Option<String>,
}
