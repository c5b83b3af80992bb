//! Courses: list them, look at one and the people in it, read its materials.

mod get;
mod list;
mod materials;
mod query;
mod row;

pub(crate) use self::get::get;
pub(crate) use self::list::list;
pub(crate) use self::materials::materials;

/// The public text where an id names no course.
const NOT_FOUND: &str = "Course not found";
