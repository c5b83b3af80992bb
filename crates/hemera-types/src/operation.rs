//! The operations: what may be asked, where, and what it needs.

use http::Method;
use permissions::Permission::{
    self, ManageUsers, ReadBookings, ReadCourses, ReadParticipations, WriteParticipationResults,
};

use crate::named::named_enum;

/// The message of a result update that succeeded.
pub const UPDATED_MESSAGE: &str = "Participation result updated successfully";

named_enum! {
    /// An operation of the service API. Its name is what audit records and metrics call it.
    Operation {
        /// `GET /api/service/courses`
        ListCourses = "courses.list",
        /// `GET /api/service/courses/{id}`
        GetCourse = "courses.get",
        /// `GET /api/service/courses/{id}/materials`
        GetCourseMaterials = "courses.materials",
        /// `GET /api/service/participations/{id}`
        GetParticipation = "participations.get",
        /// `PUT /api/service/participations/{id}/result`
        UpdateParticipationResult = "participations.update_result",
        /// `GET /api/service/usage`
        GetUsage = "usage.get",
    }
}

impl Operation {
    /// The method. `HEAD` is answered wherever it is `GET`.
    pub const fn method(self) -> Method {
        match self {
            Self::UpdateParticipationResult => Method::PUT,
            _ => Method::GET,
        }
    }

    /// The path, with `{id}` where the id of the resource stands.
    pub const fn path_template(self) -> &'static str {
        match self {
            Self::ListCourses => "/api/service/courses",
            Self::GetCourse => "/api/service/courses/{id}",
            Self::GetCourseMaterials => "/api/service/courses/{id}/materials",
            Self::GetParticipation => "/api/service/participations/{id}",
            Self::UpdateParticipationResult => "/api/service/participations/{id}/result",
            Self::GetUsage => "/api/service/usage",
        }
    }

    /// The path of one request. `id` is the text of a checked id, which needs no escaping.
    pub fn path(self, id: Option<&str>) -> String {
        self.path_template().replace("{id}", id.unwrap_or_default())
    }

    /// What the caller's role must grant: all of these.
    pub const fn needs(self) -> &'static [Permission] {
        match self {
            Self::ListCourses | Self::GetCourseMaterials => &[ReadCourses],
            Self::GetCourse => &[ReadCourses, ReadBookings, ReadParticipations],
            Self::GetParticipation => &[ReadParticipations],
            Self::UpdateParticipationResult => &[WriteParticipationResults],
            Self::GetUsage => &[ManageUsers],
        }
    }

    /// Whether sending it twice does the same as sending it once.
    ///
    /// True of every operation: a result update sets fields to values, and one that changes nothing
    /// leaves the row untouched. So a client may repeat a request whose answer got lost.
    pub const fn is_idempotent(self) -> bool {
        matches!(
            self,
            Self::ListCourses
                | Self::GetCourse
                | Self::GetCourseMaterials
                | Self::GetParticipation
                | Self::UpdateParticipationResult
                | Self::GetUsage
        )
    }
}
