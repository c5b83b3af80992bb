//! Failed flows: their texts say what to do, so they are shown as they are.

use aither_flows::recordings::{InvalidRecording, RecordingError};
use aither_flows::slides::SlidesError;
use aither_flows::sync::SyncError;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;

use super::{Refusal, chain};

impl From<SlidesError> for Refusal {
    fn from(error: SlidesError) -> Self {
        let code = match error {
            SlidesError::Hemera(error) => return error.into(),
            SlidesError::NoNextCourse { .. } => "NO_NEXT_COURSE",
            SlidesError::NoSuchCourse { .. } => "NO_SUCH_COURSE",
            _ => return Self::internal().with_cause(chain(&error)),
        };
        Self::new(StatusCode::NOT_FOUND, code, error.to_string())
    }
}

impl From<RecordingError> for Refusal {
    fn from(error: RecordingError) -> Self {
        let message = error.to_string();
        match error {
            RecordingError::Hemera(error) => error.into(),
            RecordingError::NoCourse { .. } => Self::new(StatusCode::NOT_FOUND, "NO_COURSE_RAN", message),
            RecordingError::NoSuchCourse { .. } => {
                Self::new(StatusCode::NOT_FOUND, "NO_SUCH_COURSE", message)
            }
            RecordingError::NotRunning { .. } => {
                Self::new(StatusCode::CONFLICT, "COURSE_DID_NOT_RUN", message)
            }
            RecordingError::SeveralCourses { courses, .. } => {
                let mut refusal = Self::new(StatusCode::CONFLICT, "SEVERAL_COURSES_RAN", message);
                refusal.trouble.courses = courses;
                refusal
            }
            _ => Self::internal().with_cause(chain(&error)),
        }
    }
}

impl From<InvalidRecording> for Refusal {
    fn from(error: InvalidRecording) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_RECORDING", error.to_string())
    }
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        let status = match rejection.status() {
            // JSON of another shape: the same mistake as no JSON.
            StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
            status => status,
        };
        let message = match status {
            StatusCode::PAYLOAD_TOO_LARGE => "the body is too long: send one recording".to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                "send the body with Content-Type: application/json".to_owned()
            }
            // With the place. It quotes the caller's own body, so it goes back to the caller and not to the log.
            _ => format!(
                "the body must be an object with the texts assetId, playbackUrl and recordedAt, and may have courseId: {}",
                rejection.body_text()
            ),
        };
        Self::new(status, "INVALID_REQUEST", message)
    }
}

impl From<SyncError> for Refusal {
    fn from(error: SyncError) -> Self {
        if let SyncError::Hemera(error) = error {
            return error.into();
        }
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "SYNC_FAILED",
            error.to_string(),
        )
        .with_cause(chain(&error))
    }
}
