//! An alert that would have fired.

use serde::Serialize;
use time::OffsetDateTime;

use super::super::records::shown;

/// An alert that would have fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fired {
    pub(super) alert: &'static str,
    /// When first, where that is known: RFC 3339.
    pub(super) at: Option<String>,
    /// Of what: a reason, a role or a number.
    pub(super) of: String,
}

/// A minute since 1970 as RFC 3339.
pub(super) fn at_minute(minute: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(minute.saturating_mul(60))
        .ok()
        .map(shown)
}
