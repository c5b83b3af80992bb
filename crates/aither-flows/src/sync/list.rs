//! Which courses a run is about.

use aither_client::hemera_types::bounds::PAGE_LIMIT;
use aither_client::hemera_types::{CourseId, CourseQuery, Timestamp};
use aither_client::{Error, HemeraClient};
use futures_util::TryStreamExt as _;

use super::Scope;
use crate::patience::Patience;
use crate::progress::{Phase, Progress};
use crate::selection::next_course;

/// The courses that Hemera lists for a run.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Each with the time of its latest change.
    pub(super) courses: Vec<(CourseId, Timestamp)>,
    /// Whether a course that is not listed is no longer in the scope.
    pub(super) is_complete: bool,
    /// From when on the next run asks for changes.
    pub(super) changes_since: Option<Timestamp>,
    /// Requests that it took.
    pub(super) requests: u32,
}

/// The courses of a scope: all of them, or those that have changed since a time.
pub(super) async fn list(
    hemera: &HemeraClient,
    scope: Scope,
    since: Option<Timestamp>,
    now: Timestamp,
    patience: Patience<'_>,
    progress: &dyn Progress,
) -> Result<Listing, Error> {
    progress.step(Phase::ListCourses.step(0, None));
    let listing = match scope {
        Scope::NextCourse => next(hemera, now, patience).await?,
        Scope::Changed => changed(hemera, since, patience, progress).await?,
    };
    progress.step(Phase::ListCourses.step(count(&listing), Some(count(&listing))));
    Ok(listing)
}

async fn next(hemera: &HemeraClient, now: Timestamp, patience: Patience<'_>) -> Result<Listing, Error> {
    let next = patience.call(|| next_course(hemera, now)).await?;
    Ok(Listing {
        courses: next
            .map(|course| (course.id, course.updated_at))
            .into_iter()
            .collect(),
        is_complete: true,
        changes_since: None,
        requests: 1,
    })
}

async fn changed(
    hemera: &HemeraClient,
    since: Option<Timestamp>,
    mut patience: Patience<'_>,
    progress: &dyn Progress,
) -> Result<Listing, Error> {
    let query = CourseQuery {
        updated_since: since,
        limit: *PAGE_LIMIT.end(),
        ..CourseQuery::default()
    };
    let mut listing = Listing {
        is_complete: since.is_none(),
        ..Listing::default()
    };
    let mut stream = hemera.service_courses_stream(&query);
    let mut last_call = None;
    loop {
        let course = match stream.try_next().await {
            Ok(course) => course,
            Err(error) => {
                patience.wait_after(error).await?;
                stream = hemera.service_courses_stream_from(stream.resume_point().clone());
                continue;
            }
        };
        let call = stream
            .last_call()
            .map(|call| (call.request_id.clone(), call.attempts));
        if call != last_call {
            listing.requests += call.as_ref().map_or(0, |(_, attempts)| *attempts);
            last_call = call;
            if !listing.courses.is_empty() {
                progress.step(Phase::ListCourses.step(count(&listing), None));
            }
        }
        match course {
            Some(course) => listing.courses.push((course.id, course.updated_at)),
            None => break,
        }
    }
    listing.changes_since = stream.next_updated_since();
    Ok(listing)
}

fn count(listing: &Listing) -> u64 {
    u64::try_from(listing.courses.len()).unwrap_or(u64::MAX)
}
