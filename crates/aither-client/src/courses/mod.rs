//! Reading courses.

mod resume;
mod stream;
mod unless;

use hemera_types::{CourseDetail, CourseId, CourseMaterials, CourseQuery, CourseSummary, Operation};

use crate::client::HemeraClient;
use crate::error::Error;
use crate::page::Page;
use crate::response::Response;
pub use resume::ResumePoint;
pub use stream::CourseStream;

impl HemeraClient {
    /// A page of the courses that match all filters of `query`, ordered by start date, then id.
    pub async fn service_courses(&self, query: &CourseQuery) -> Result<Response<Page<CourseSummary>>, Error> {
        let decoded = self.call(Operation::ListCourses, None, &query.to_pairs()).await?;
        Ok(decoded.into_response(Page::from))
    }

    /// A course with its participants.
    pub async fn service_course(&self, id: &CourseId) -> Result<Response<CourseDetail>, Error> {
        let decoded = self.call(Operation::GetCourse, Some(id.as_str()), &[]).await?;
        Ok(decoded.into_response(|success| success.data))
    }

    /// The materials of a course by topic, in the order of the curriculum.
    pub async fn service_course_materials(&self, id: &CourseId) -> Result<Response<CourseMaterials>, Error> {
        let id = Some(id.as_str());
        let decoded = self.call(Operation::GetCourseMaterials, id, &[]).await?;
        Ok(decoded.into_response(|success| success.data))
    }
}
