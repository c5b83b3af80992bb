//! A month that is past its time.

use time::OffsetDateTime;

use super::super::partitions::partition::Range;

/// A partition that is past its time.
#[derive(Clone, Debug)]
pub(super) struct PastMonth {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) begin: OffsetDateTime,
    pub(super) end: OffsetDateTime,
    pub(super) rows: i64,
    pub(super) size: i64,
}

impl PastMonth {
    pub(super) fn range(&self) -> Range {
        Range {
            begin: Some(self.begin),
            end: Some(self.end),
        }
    }
}

/// What is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Details,
    Records,
}

impl Kind {
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Details => "audit_details",
            Self::Records => "audit_log",
        }
    }
}
