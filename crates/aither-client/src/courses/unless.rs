//! Reading a course unless the caller has it already, from an earlier process.

use hemera_types::{CourseDetail, CourseId, CourseMaterials, Operation};
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::client::HemeraClient;
use crate::error::Error;
use crate::response::Response;
use crate::version::{Version, Versioned};

impl HemeraClient {
    /// A course with its participants and its version, unless it is still the `known` version: then `None`, and nothing but
    /// the status is sent.
    ///
    /// The response cache does the same within a process. This is for what a program has stored itself, together with the
    /// text of the version.
    ///
    /// ```no_run
    /// # use aither_client::{HemeraClient, Version};
    /// # use aither_client::hemera_types::CourseId;
    /// # async fn read(hemera: &HemeraClient, id: &CourseId, stored: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let known = Version::parse(stored)?;
    /// match hemera.service_course_unless(id, Some(&known)).await?.into_inner() {
    ///     Some(course) => println!("{} is new: {}", course.version, course.title),
    ///     None => println!("what is stored is current"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn service_course_unless(
        &self,
        id: &CourseId,
        known: Option<&Version>,
    ) -> Result<Response<Option<Versioned<CourseDetail>>>, Error> {
        self.read_unless(Operation::GetCourse, id, known).await
    }

    /// The materials of a course with their version, unless they are still the `known` version: then `None`.
    pub async fn service_course_materials_unless(
        &self,
        id: &CourseId,
        known: Option<&Version>,
    ) -> Result<Response<Option<Versioned<CourseMaterials>>>, Error> {
        self.read_unless(Operation::GetCourseMaterials, id, known).await
    }

    async fn read_unless<T: DeserializeOwned>(
        &self,
        operation: Operation,
        id: &CourseId,
        known: Option<&Version>,
    ) -> Result<Response<Option<Versioned<T>>>, Error> {
        let call = Call {
            if_none_match: known.and_then(Version::to_header),
            ..Call::read(operation, self.url_of(operation, Some(id.as_str()), &[]))
        };
        let ids = self.ids(None, None);
        let read = async {
            let raw = self.send(&call, &ids).await?;
            if raw.response.status == StatusCode::NOT_MODIFIED {
                return Ok(Response::new(None, raw.info(&ids)));
            }
            let decoded = self.decode(operation, &ids, &raw)?;
            let version = decoded.version.clone();
            Ok(decoded.into_response(|success| {
                let value = success.data;
                Some(Versioned { value, version })
            }))
        };
        self.counted(operation, &ids, read).await
    }
}
