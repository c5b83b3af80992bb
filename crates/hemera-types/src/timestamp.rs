//! Times on the wire.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};

const WIRE: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A point in time in UTC with milliseconds: `2026-03-15T00:00:00.000Z`.
///
/// Any RFC 3339 offset is read; finer digits are cut off, so that what was written reads back equal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(OffsetDateTime);

/// A text that is no RFC 3339 time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an RFC 3339 time such as 2026-03-15T00:00:00.000Z")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// Reads an RFC 3339 time of the years 0000 to 9999.
    ///
    /// # Errors
    /// [`InvalidTimestamp`] for any other text, and for a time whose UTC year is outside that range.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| InvalidTimestamp)?;
        let utc = time.checked_to_offset(UtcOffset::UTC).ok_or(InvalidTimestamp)?;
        if (0..=9999).contains(&utc.year()) {
            Ok(Self::from(utc))
        } else {
            Err(InvalidTimestamp)
        }
    }

    /// The time, with whole milliseconds, in UTC.
    pub const fn to_offset_date_time(self) -> OffsetDateTime {
        self.0
    }

    /// The time `span` earlier, or the earliest that can be written.
    #[must_use]
    pub fn saturating_sub(self, span: std::time::Duration) -> Self {
        Self::from(
            self.0
                .saturating_sub(Duration::try_from(span).unwrap_or(Duration::MAX)),
        )
    }
}

impl From<OffsetDateTime> for Timestamp {
    fn from(time: OffsetDateTime) -> Self {
        let utc = time.to_offset(UtcOffset::UTC);
        Self(utc.truncate_to_millisecond())
    }
}

impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        Self::from(OffsetDateTime::from(time))
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = InvalidTimestamp;

    fn try_from(text: String) -> Result<Self, InvalidTimestamp> {
        Self::parse(&text)
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(WIRE).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}
