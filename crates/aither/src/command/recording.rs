//! `aither recording`.

use aither_client::hemera_types::CourseId;
use aither_flows::recordings::{self, Filing, InvalidRecording, Recording, RecordingError};
use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::console::listing::Listing;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit::Limit;
use crate::time_text::minutes;

#[derive(Debug, Args)]
pub(crate) struct RecordingArguments {
    /// The id of the recording at the service that plays it
    #[arg(value_name = "ASSET")]
    asset: String,
    /// Where it is played: an https URL
    #[arg(value_name = "URL")]
    url: String,
    /// When it was made, with the offset from UTC, such as 2026-10-05T10:30:00+02:00
    #[arg(value_name = "TIME")]
    recorded_at: String,
    /// The course, where several ran at that time
    #[arg(long, value_name = "COURSE")]
    course: Option<CourseId>,
}

/// The result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Filed<'a> {
    recording: &'a Filing,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<Limit>,
}

pub(crate) async fn run(context: &Context, arguments: &RecordingArguments) -> Result<Exit, Failure> {
    let recording = Recording::parse(&arguments.asset, &arguments.url, &arguments.recorded_at)?;
    let recording = match &arguments.course {
        Some(course) => recording.of_course(course.clone()),
        None => recording,
    };
    context
        .with_client("finding the course", async |client| {
            let filing = recordings::file(client, &recording).await?;
            let filed = Filed {
                recording: &filing,
                rate_limit: context.limit(client),
            };
            context.print(&filed, || listing(&filing).render(context.console.width()))?;
            context.note_limit(client);
            Ok(Exit::Done)
        })
        .await
}

fn listing(filing: &Filing) -> Listing {
    let mut listing = Listing::default();
    listing.value("recording", &filing.asset_id);
    listing.value("played at", &filing.playback_url);
    listing.value("made (UTC)", minutes(Some(filing.recorded_at)));
    listing.value("course", &filing.course.id);
    listing.value("title", &filing.course.title);
    listing.value("start (UTC)", minutes(filing.course.start_date));
    listing.value("end (UTC)", minutes(filing.course.end_date));
    listing
}

impl From<InvalidRecording> for Failure {
    fn from(error: InvalidRecording) -> Self {
        Self::new(Exit::Usage, error.to_string())
    }
}

impl From<RecordingError> for Failure {
    fn from(error: RecordingError) -> Self {
        match error {
            RecordingError::Hemera(error) => error.into(),
            RecordingError::SeveralCourses { ref courses, .. } => {
                Self::new(Exit::Failed, error.to_string()).with_details(json!({ "courses": courses }))
            }
            other => Self::new(Exit::Failed, other.to_string()),
        }
    }
}
