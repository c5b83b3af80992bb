//! Reading courses.

mod place;
mod stream;

use hemera_types::{CourseDetail, CourseId, CourseMaterials, CourseQuery, CourseSummary, Operation};

use crate::client::HemeraClient;
use crate::error::Error;
use crate::page::Page;
pub use place::ResumePoint;
pub use stream::CourseStream;

impl HemeraClient {
    /// A page of the courses that meet all filters of `query`, by start date, then id.
    pub async fn service_courses(&self, query: &CourseQuery) -> Result<Page<CourseSummary>, Error> {
        let answer = self.call(Operation::ListCourses, None, &query.to_pairs()).await?;
        Ok(Page::from(answer))
    }

    /// A course with its participants.
    pub async fn service_course(&self, id: &CourseId) -> Result<CourseDetail, Error> {
        Ok(self
            .call(Operation::GetCourse, Some(id.as_str()), &[])
            .await?
            .data)
    }

    /// The materials of a course by topic, in the order of its curriculum.
    pub async fn service_course_materials(&self, id: &CourseId) -> Result<CourseMaterials, Error> {
        Ok(self
            .call(Operation::GetCourseMaterials, Some(id.as_str()), &[])
            .await?
            .data)
    }
}
