//! Times, as people write and read them.

use std::time::Duration;

use aither_client::hemera_types::{InvalidTimestamp, Timestamp};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::console::text::NONE;

const MINUTES: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]");

const LONGEST_INTERVAL: Duration = Duration::from_hours(366 * 24);

/// Reads an RFC 3339 time, or a date, which is its midnight in UTC.
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    let date = || Timestamp::parse(&format!("{text}T00:00:00Z"));
    Timestamp::parse(text)
        .or_else(|_: InvalidTimestamp| date())
        .map_err(|_| {
            "must be a date such as 2026-03-15, or a time such as 2026-03-15T09:00:00+01:00".to_owned()
        })
}

/// Reads how long, such as `30s` or `24h`; at most a year.
pub(crate) fn parse_interval(text: &str) -> Result<Duration, String> {
    let interval =
        humantime::parse_duration(text).map_err(|error| format!("{error}; write it like 90s or 24h"))?;
    if interval > LONGEST_INTERVAL {
        return Err("must be at most a year".to_owned());
    }
    Ok(interval)
}

/// A time in UTC with minutes, for a table.
pub(crate) fn minutes(time: Option<Timestamp>) -> String {
    let shown = time.and_then(|time| time.to_offset_date_time().format(MINUTES).ok());
    shown.unwrap_or_else(|| NONE.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read_and_shown_in_utc() {
        assert_eq!(minutes(parse("2026-03-15").ok()), "2026-03-15 00:00");
        assert_eq!(
            minutes(parse("2026-03-15T09:30:59.5+01:00").ok()),
            "2026-03-15 08:30"
        );
        for wrong in ["", "15.3.2026", "2026-13-01", "2026-03-15 09:30", "tomorrow"] {
            assert!(parse(wrong).unwrap_err().contains("2026-03-15"), "{wrong}");
        }
    }
}
