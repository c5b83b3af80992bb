//! What is read from Hemera about one course.

use aither_client::hemera_types::{CourseDetail, CourseId, CourseMaterials};
use aither_client::{Error, HemeraClient, Response, Version, Versioned};

/// What became of a request for a part of a course.
#[derive(Debug)]
pub(super) enum Read<T> {
    /// It is this.
    New(Versioned<T>),
    /// It is what it was in the version that it was asked for with.
    Unchanged,
    /// Hemera has no such course (any more).
    Missing,
}

/// A part of a course, and how many requests it took.
pub(super) type Counted<T> = (Read<T>, u32);

pub(super) async fn detail(
    hemera: &HemeraClient,
    id: &CourseId,
    known: Option<&Version>,
) -> Result<Counted<CourseDetail>, Error> {
    counted(hemera.service_course_unless(id, known).await)
}

pub(super) async fn materials(
    hemera: &HemeraClient,
    id: &CourseId,
    known: Option<&Version>,
) -> Result<Counted<CourseMaterials>, Error> {
    counted(hemera.service_course_materials_unless(id, known).await)
}

fn counted<T>(response: Result<Response<Option<Versioned<T>>>, Error>) -> Result<Counted<T>, Error> {
    match response {
        Ok(response) => {
            let (read, info) = response.into_parts();
            Ok((read.map_or(Read::Unchanged, Read::New), info.attempts))
        }
        // A 404 without a code is another server's.
        Err(error) if error.is_not_found() && error.code().is_some() => Ok((Read::Missing, error.attempts())),
        Err(error) => Err(error),
    }
}
