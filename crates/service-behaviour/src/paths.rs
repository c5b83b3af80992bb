//! The paths that most scenarios ask.

pub(crate) const COURSES: &str = "/api/service/courses";
pub(crate) const COURSE: &str = "/api/service/courses/course_b";
pub(crate) const MATERIALS: &str = "/api/service/courses/course_b/materials";
pub(crate) const PARTICIPATION: &str = "/api/service/participations/part_anna";
pub(crate) const RESULT: &str = "/api/service/participations/part_anna/result";
pub(crate) const RESULTS: &str = "/api/service/participation-results";
pub(crate) const USAGE: &str = "/api/service/usage";
