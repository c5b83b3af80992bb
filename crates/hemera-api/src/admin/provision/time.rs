//! Times as metadata and output have them.

use std::time::SystemTime;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A time in RFC 3339, in UTC and to the second, so that two of them compare as their texts do.
pub(crate) fn timestamp(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time).truncate_to_second();
    time.format(&Rfc3339).unwrap_or_else(|_| time.to_string())
}
