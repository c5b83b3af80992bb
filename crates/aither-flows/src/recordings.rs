//! Which course a recording belongs to: the one that ran when it was made.
//!
//! ```no_run
//! use aither_flows::recordings::{self, Recording};
//! # use aither_client::HemeraClient;
//!
//! # async fn file(hemera: &HemeraClient) -> Result<(), Box<dyn std::error::Error>> {
//! let recording = Recording::parse(
//!     "asset_4711",
//!     "https://stream.example.com/asset_4711.m3u8",
//!     "2026-10-05T10:30:00+02:00",
//! )?;
//! let filing = recordings::file(hemera, &recording).await?;
//! println!("{} belongs to {}", filing.asset_id, filing.course.title);
//! # Ok(())
//! # }
//! ```

mod nearest;
mod recording;

use std::fmt;

use aither_client::hemera_types::bounds::PAGE_LIMIT;
use aither_client::hemera_types::{CourseId, CourseQuery, CourseSummary, Timestamp};
use aither_client::{Error, HemeraClient};
use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::course::Course;
use crate::progress::{Phase, Progress, Silent};
use crate::selection::next_millisecond;
pub use nearest::Nearest;
pub use recording::{AssetId, InvalidRecording, Recording, RecordingFault};

/// A recording with the course that it belongs to: what is needed to file it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filing {
    /// The recording.
    pub asset_id: AssetId,
    /// Where it is played.
    pub playback_url: Url,
    /// When it was made, in UTC.
    pub recorded_at: Timestamp,
    /// The course that ran then.
    pub course: Course,
}

/// Why a recording has no course. The text says what to do; the cause is the [`source`](std::error::Error::source).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// No published course ran at that time.
    #[error("no published course ran at {recorded_at}{}: check the date of the recording, and the dates of the course at Hemera", show_nearest(nearest.as_deref()))]
    NoCourse {
        /// When the recording was made.
        recorded_at: Timestamp,
        /// The course that is nearest in time. `None` if no published course has dates.
        nearest: Option<Box<Nearest>>,
    },
    /// Several courses ran at that time.
    #[error("{} courses ran at {recorded_at}: name the one that was recorded: {}", courses.len(), show(courses))]
    SeveralCourses {
        /// When the recording was made.
        recorded_at: Timestamp,
        /// All of them, by start date, then id.
        courses: Vec<Course>,
    },
    /// The course that was named did not run at that time.
    #[error(
        "{} did not run at {recorded_at}: check the date of the recording, and the dates of the course at Hemera",
        show_one(course)
    )]
    NotRunning {
        /// When the recording was made.
        recorded_at: Timestamp,
        /// The course that was named.
        course: Box<Course>,
    },
    /// Hemera has no course with the id that was named.
    #[error("Hemera has no course {id}: `aither courses` lists those that it has")]
    NoSuchCourse {
        /// The course.
        id: CourseId,
    },
    /// A call to Hemera failed.
    #[error(transparent)]
    Hemera(#[from] Error),
}

/// Finds the course that ran when the recording was made.
///
/// A published course ran from its `startDate` to its `endDate`, both included. A course without either date did not run.
/// Exactly one must have run, unless the recording [names its course](Recording::of_course).
///
/// One request, if there is exactly one course. If there is none, the nearest is looked for with two more (three at a
/// Hemera where more than 500 courses have started before).
///
/// # Errors
/// [`RecordingError`]; if several courses ran, it lists all of them.
pub async fn file(hemera: &HemeraClient, recording: &Recording) -> Result<Filing, RecordingError> {
    file_observed(hemera, recording, &Silent).await
}

/// The same as [`file`](file()), with an observer.
pub async fn file_observed(
    hemera: &HemeraClient,
    recording: &Recording,
    progress: &dyn Progress,
) -> Result<Filing, RecordingError> {
    progress.step(Phase::FindCourse.step(0, None));
    let filing = find_course(hemera, recording).await;
    progress.step(Phase::FindCourse.step(1, Some(1)));
    filing
}

async fn find_course(hemera: &HemeraClient, recording: &Recording) -> Result<Filing, RecordingError> {
    if let Some(id) = recording.course() {
        return file_in(hemera, recording, id).await;
    }
    let recorded_at = recording.recorded_at();
    let query = CourseQuery {
        starts_before: Some(next_millisecond(recorded_at)),
        ends_from: Some(recorded_at),
        limit: *PAGE_LIMIT.end(),
        ..CourseQuery::default()
    };
    let running: Vec<CourseSummary> = hemera.service_courses_stream(&query).try_collect().await?;
    let mut courses: Vec<Course> = running.into_iter().map(Course::from).collect();
    match courses.pop() {
        Some(course) if courses.is_empty() => Ok(Filing::of(recording, course)),
        Some(last) => {
            courses.push(last);
            Err(RecordingError::SeveralCourses { recorded_at, courses })
        }
        None => Err(RecordingError::NoCourse {
            recorded_at,
            nearest: nearest::find(hemera, recorded_at).await?.map(Box::new),
        }),
    }
}

/// Checks that the course that the recording names ran then. One request.
async fn file_in(
    hemera: &HemeraClient,
    recording: &Recording,
    id: &CourseId,
) -> Result<Filing, RecordingError> {
    let detail = hemera.service_course(id).await.map_err(|error| {
        if error.is_not_found() && error.code().is_some() {
            RecordingError::NoSuchCourse { id: id.clone() }
        } else {
            RecordingError::Hemera(error)
        }
    })?;
    let course = Course::from(&*detail);
    if ran_at(&course, recording.recorded_at()) {
        Ok(Filing::of(recording, course))
    } else {
        Err(RecordingError::NotRunning {
            recorded_at: recording.recorded_at(),
            course: Box::new(course),
        })
    }
}

/// Whether the course ran at that time, its first and last moment included.
fn ran_at(course: &Course, time: Timestamp) -> bool {
    let started = course.start_date.is_some_and(|start| start <= time);
    started && course.end_date.is_some_and(|end| time <= end)
}

impl Filing {
    fn of(recording: &Recording, course: Course) -> Self {
        Self {
            asset_id: recording.asset_id().clone(),
            playback_url: recording.playback_url().clone(),
            recorded_at: recording.recorded_at(),
            course,
        }
    }
}

/// A course for a message: id, title and dates.
fn show_one(course: &Course) -> impl fmt::Display {
    let date = |date: Option<Timestamp>| date.map_or_else(|| "no date".to_owned(), |date| date.to_string());
    let (start, end) = (date(course.start_date), date(course.end_date));
    format!("{} ({}, {start} to {end})", course.id, one_line(&course.title))
}

fn show(courses: &[Course]) -> String {
    let shown: Vec<String> = courses
        .iter()
        .map(|course| show_one(course).to_string())
        .collect();
    shown.join("; ")
}

fn show_nearest(nearest: Option<&Nearest>) -> String {
    nearest.map_or_else(
        || ", and none has dates".to_owned(),
        |nearest| format!("; the nearest is {}", show_one(&nearest.course)),
    )
}

/// Titles come from Hemera's editors; an error is one line.
fn one_line(text: &str) -> String {
    let space = |character: char| if character.is_control() { ' ' } else { character };
    text.chars().take(100).map(space).collect()
}
