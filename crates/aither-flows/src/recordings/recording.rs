//! A recording, checked.

use std::fmt;

use aither_client::hemera_types::{CourseId, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

/// Characters of an asset id.
const MAX_ASSET_ID: usize = 128;
/// Bytes of a playback URL.
const MAX_URL: usize = 2_048;

/// The id of a recording at the service that plays it: 1 to 128 characters of `[A-Za-z0-9_-]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AssetId(String);

/// A recording of a course: which, where it is played, and when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    asset_id: AssetId,
    playback_url: Url,
    recorded_at: Timestamp,
    course: Option<CourseId>,
}

/// All faults of a recording together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRecording {
    /// Each fault, in the order of the parameters. At least one.
    pub faults: Vec<RecordingFault>,
}

/// What is wrong with a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingFault {
    /// The asset id.
    #[error("the asset id must be 1 to {MAX_ASSET_ID} characters of A-Z, a-z, 0-9, `_` and `-`")]
    AssetId,
    /// The playback URL.
    #[error(
        "the playback URL must be an https URL with a host, without user, password and fragment, of at most {MAX_URL} bytes"
    )]
    PlaybackUrl,
    /// The date.
    #[error("the date must be an RFC 3339 time with its offset, such as 2026-10-05T10:30:00+02:00")]
    RecordedAt,
}

impl Recording {
    /// Checks a recording.
    ///
    /// - `asset_id`: 1 to 128 characters of `[A-Za-z0-9_-]`;
    /// - `playback_url`: an `https` URL with a host, without user name, password and fragment, at most 2048 bytes;
    /// - `recorded_at`: an RFC 3339 time with its offset from UTC. Finer digits than milliseconds are cut off.
    ///
    /// # Errors
    /// All faults together.
    pub fn parse(asset_id: &str, playback_url: &str, recorded_at: &str) -> Result<Self, InvalidRecording> {
        let asset_id = AssetId::try_from(asset_id.to_owned());
        let playback_url = parse_url(playback_url);
        let recorded_at = Timestamp::parse(recorded_at).map_err(|_| RecordingFault::RecordedAt);
        match (asset_id, playback_url, recorded_at) {
            (Ok(asset_id), Ok(playback_url), Ok(recorded_at)) => Ok(Self {
                asset_id,
                playback_url,
                recorded_at,
                course: None,
            }),
            (asset_id, playback_url, recorded_at) => {
                let faults = [asset_id.err(), playback_url.err(), recorded_at.err()];
                Err(InvalidRecording {
                    faults: faults.into_iter().flatten().collect(),
                })
            }
        }
    }

    /// Names the course that was recorded, for a time at which several ran. It must have run then.
    #[must_use]
    pub fn of_course(mut self, course: CourseId) -> Self {
        self.course = Some(course);
        self
    }

    /// The recording at the service that plays it.
    pub const fn asset_id(&self) -> &AssetId {
        &self.asset_id
    }

    /// Where it is played.
    pub const fn playback_url(&self) -> &Url {
        &self.playback_url
    }

    /// When it was made, in UTC.
    pub const fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }

    /// The course that the recording names, if it does.
    pub const fn course(&self) -> Option<&CourseId> {
        self.course.as_ref()
    }
}

fn parse_url(text: &str) -> Result<Url, RecordingFault> {
    // The parser drops blanks and controls that a person has pasted along; such a text is not the URL that was meant.
    let is_clean =
        text.len() <= MAX_URL && !text.chars().any(|each| each.is_whitespace() || each.is_control());
    Url::parse(text)
        .ok()
        .filter(|url| {
            let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
            is_clean && is_plain && url.scheme() == "https" && url.has_host()
        })
        .ok_or(RecordingFault::PlaybackUrl)
}

impl AssetId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AssetId {
    type Error = RecordingFault;

    fn try_from(text: String) -> Result<Self, RecordingFault> {
        let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=MAX_ASSET_ID).contains(&text.len()) && text.bytes().all(alphabet) {
            Ok(Self(text))
        } else {
            Err(RecordingFault::AssetId)
        }
    }
}

impl From<AssetId> for String {
    fn from(id: AssetId) -> Self {
        id.0
    }
}

impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for InvalidRecording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidRecording {}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://stream.example.com/a.m3u8?token=1";
    const DATE: &str = "2026-10-05T10:30:00.0005+02:00";

    #[test]
    fn a_time_keeps_its_moment_and_loses_its_offset() {
        let recording = Recording::parse("a-1_B", URL, DATE).unwrap();
        assert_eq!(recording.recorded_at().to_string(), "2026-10-05T08:30:00.000Z");
        assert_eq!(recording.playback_url().as_str(), URL);
    }

    #[test]
    fn all_faults_are_found_together() {
        let error = Recording::parse("", "http://stream.example.com/", "2026-10-05").unwrap_err();
        assert_eq!(
            error.faults,
            [
                RecordingFault::AssetId,
                RecordingFault::PlaybackUrl,
                RecordingFault::RecordedAt
            ]
        );
        let text = error.to_string();
        assert!(
            text.contains("asset id") && text.contains("https") && text.contains("offset"),
            "{text}"
        );
    }

    #[test]
    fn urls_that_are_not_plain_https_are_refused() {
        let long = format!("https://stream.example.com/{}", "a".repeat(MAX_URL));
        for url in [
            "stream.example.com/a",
            "http://stream.example.com/a",
            "https://",
            "https://user@stream.example.com/a",
            "https://:secret@stream.example.com/a",
            "https://stream.example.com/a#t=5",
            " https://stream.example.com/a",
            "https://stream.example.com/a\n",
            "https://stream.example.com/a b",
            "javascript:alert(1)",
            "data:video/mp4,",
            &long,
        ] {
            let error = Recording::parse("a", url, DATE).unwrap_err();
            assert_eq!(error.faults, [RecordingFault::PlaybackUrl], "{url}");
        }
    }

    #[test]
    fn asset_ids_and_dates_out_of_their_limits_are_refused() {
        for id in ["", "a b", "a/b", "ä", "../a", &"a".repeat(MAX_ASSET_ID + 1)] {
            let error = Recording::parse(id, URL, DATE).unwrap_err();
            assert_eq!(error.faults, [RecordingFault::AssetId], "{id}");
        }
        for date in [
            "",
            "2026-10-05",
            "2026-10-05T10:30:00",
            "2026-13-05T10:30:00Z",
            "1759653000",
        ] {
            let error = Recording::parse("a", URL, date).unwrap_err();
            assert_eq!(error.faults, [RecordingFault::RecordedAt], "{date}");
        }
    }
}
