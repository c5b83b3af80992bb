//! `/api/recordings`

use aither_client::hemera_types::CourseId;
use aither_flows::recordings::{self, Filing, Recording};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;

use crate::hemera::Hemera;
use crate::refusal::Refusal;

/// A recording as a caller sends it. Texts: the flow checks all of them at once, and says what each must be.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RecordingBody {
    asset_id: String,
    playback_url: String,
    recorded_at: String,
    /// For a time at which several courses ran.
    course_id: Option<CourseId>,
}

/// The course that a recording belongs to. Nothing is stored, so a caller may repeat it.
pub(crate) async fn file(
    Hemera(hemera): Hemera,
    body: Result<Json<RecordingBody>, JsonRejection>,
) -> Result<Json<Filing>, Refusal> {
    let Json(body) = body?;
    let mut recording = Recording::parse(&body.asset_id, &body.playback_url, &body.recorded_at)?;
    if let Some(course) = body.course_id {
        recording = recording.of_course(course);
    }
    Ok(Json(recordings::file(&hemera, &recording).await?))
}
