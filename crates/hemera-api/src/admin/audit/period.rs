//! From when until when a command reads.

use std::fmt::{self, Display, Formatter};
use std::time::{Duration, SystemTime};

use clap::Args;
use freshness::Clock;
use hemera_types::Timestamp;
use time::OffsetDateTime;

use super::error::AuditCommandError;

/// The period as it is given.
#[derive(Args, Clone, Debug)]
pub(crate) struct PeriodArguments {
    /// The first time: a span back from now (24h, 7d, 90days), or an RFC 3339 time (2026-03-01T00:00:00Z)
    #[arg(long, value_name = "TIME", value_parser = parse, default_value = "24h")]
    since: PointInTime,
    /// The time before which to end, given in the same ways. Without it: now
    #[arg(long, value_name = "TIME", value_parser = parse)]
    until: Option<PointInTime>,
}

/// A time, or a span back from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PointInTime {
    Ago(Duration),
    At(Timestamp),
}

/// A period: from `since` on, and before `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) since: OffsetDateTime,
    pub(crate) until: OffsetDateTime,
}

impl PeriodArguments {
    /// The period, seen from now.
    ///
    /// # Errors
    /// [`AuditCommandError::EmptyPeriod`], [`AuditCommandError::TooLongAgo`].
    pub(crate) fn resolved(&self, clock: &dyn Clock) -> Result<Period, AuditCommandError> {
        Period::of(self.since, self.until, clock)
    }
}

impl Period {
    /// The period between two times, seen from now. Without an `until` it ends now.
    ///
    /// # Errors
    /// [`AuditCommandError::EmptyPeriod`], [`AuditCommandError::TooLongAgo`].
    pub(crate) fn of(
        since: PointInTime,
        until: Option<PointInTime>,
        clock: &dyn Clock,
    ) -> Result<Self, AuditCommandError> {
        let now = clock.now().wall;
        let since = since.resolved(now)?;
        let until = match until {
            Some(until) => until.resolved(now)?,
            None => now.into(),
        };
        if since < until {
            Ok(Self { since, until })
        } else {
            Err(AuditCommandError::EmptyPeriod)
        }
    }
}

impl PointInTime {
    /// The time, seen from `now`.
    ///
    /// # Errors
    /// [`AuditCommandError::TooLongAgo`].
    pub(crate) fn resolved(self, now: SystemTime) -> Result<OffsetDateTime, AuditCommandError> {
        match self {
            Self::At(time) => Ok(time.to_offset_date_time()),
            Self::Ago(span) => {
                let time = OffsetDateTime::from(now)
                    .checked_sub(span.try_into().map_err(|_| AuditCommandError::TooLongAgo)?);
                time.ok_or(AuditCommandError::TooLongAgo)
            }
        }
    }
}

impl Display for Period {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [since, until] = [self.since, self.until].map(Timestamp::from);
        write!(f, "{since} to {until} (UTC)")
    }
}

/// Parses a span or a time.
///
/// # Errors
/// What would be right.
pub(crate) fn parse(text: &str) -> Result<PointInTime, &'static str> {
    if let Ok(time) = Timestamp::parse(text) {
        return Ok(PointInTime::At(time));
    }
    humantime::parse_duration(text)
        .map(PointInTime::Ago)
        .map_err(|_| "must be a span such as 24h or 7d, or a time such as 2026-03-01T00:00:00Z")
}

#[cfg(test)]
mod tests {
    use freshness::ManualClock;
    use time::macros::datetime;

    use super::*;

    fn resolved(since: &str, until: Option<&str>) -> Result<String, AuditCommandError> {
        let arguments = PeriodArguments {
            since: parse(since).unwrap(),
            until: until.map(|until| parse(until).unwrap()),
        };
        let clock = ManualClock::at(datetime!(2026-03-10 09:00 UTC).into());
        arguments.resolved(&clock).map(|period| period.to_string())
    }

    #[test]
    fn a_period_is_given_by_spans_or_by_times() {
        assert_eq!(
            resolved("7d", None).unwrap(),
            "2026-03-03T09:00:00.000Z to 2026-03-10T09:00:00.000Z (UTC)"
        );
        assert_eq!(
            resolved("2026-03-01T00:00:00+01:00", Some("1h")).unwrap(),
            "2026-02-28T23:00:00.000Z to 2026-03-10T08:00:00.000Z (UTC)"
        );
    }

    #[test]
    fn a_period_without_a_moment_in_it_is_refused() {
        assert!(matches!(
            resolved("1h", Some("1h")),
            Err(AuditCommandError::EmptyPeriod)
        ));
        assert!(matches!(
            resolved("1h", Some("2h")),
            Err(AuditCommandError::EmptyPeriod)
        ));
        assert!(matches!(
            resolved("100000years", None),
            Err(AuditCommandError::TooLongAgo)
        ));
        assert!(parse("yesterday").is_err());
    }
}
