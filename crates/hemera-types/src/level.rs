//! How demanding a course is.

use crate::named::named_enum;

named_enum! {
    /// How demanding a course is.
    CourseLevel {
        /// No previous knowledge is needed.
        Beginner = "BEGINNER",
        /// The basics are needed.
        Intermediate = "INTERMEDIATE",
        /// Experience is needed.
        Advanced = "ADVANCED",
    }
}
