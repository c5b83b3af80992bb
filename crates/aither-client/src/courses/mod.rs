//! Reading courses.

mod resume;
mod stream;

use hemera_types::{CourseDetail, CourseId, CourseMaterials, CourseQuery, CourseSummary, Operation};

use crate::client::HemeraClient;
use crate::error::Error;
use crate::page::Page;
pub use resume::ResumePoint;
pub use stream::CourseStream;

impl HemeraClient {
    /// A page of the courses that match all filters of `query`, ordered by start date, then id.
    pub async fn service_courses(&self, query: &CourseQuery) -> Result<Page<CourseSummary>, Error> {
        let success = self.call(Operation::ListCourses, None, &query.to_pairs()).await?;
        Ok(Page::from(success))
    }

    /// A course with its participants.
    pub async fn service_course(&self, id: &CourseId) -> Result<CourseDetail, Error> {
        Ok(self
            .call(Operation::GetCourse, Some(id.as_str()), &[])
            .await?
            .data)
    }

    /// The materials of a course by topic, in the order of the curriculum.
    pub async fn service_course_materials(&self, id: &CourseId) -> Result<CourseMaterials, Error> {
        Ok(self
            .call(Operation::GetCourseMaterials, Some(id.as_str()), &[])
            .await?
            .data)
    }
}
