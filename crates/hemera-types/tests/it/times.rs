//! Times on the wire: one form out, any RFC 3339 form in.

use std::time::Duration;

use hemera_types::Timestamp;
use proptest::prelude::*;

#[test]
fn any_offset_is_read_and_utc_is_written() {
    for (text, written) in [
        ("2026-03-15T00:00:00Z", "2026-03-15T00:00:00.000Z"),
        ("2026-03-15T01:30:00.5+01:30", "2026-03-15T00:00:00.500Z"),
        ("2026-03-15t00:00:00.123999z", "2026-03-15T00:00:00.123Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
    ] {
        assert_eq!(Timestamp::parse(text).unwrap().to_string(), written, "{text}");
    }
}

#[test]
fn malformed_time_is_refused() {
    for text in [
        "",
        "2026-03-15",
        "2026-03-15T00:00:00",
        "2026-02-30T00:00:00Z",
        "2026-03-15T24:00:00Z",
        "1773532800",
        "now",
        "9999-12-31T23:59:59-01:00",
        "0000-01-01T00:00:00+01:00",
        "2026-03-15T00:00:00Z ",
        "+02026-03-15T00:00:00Z",
    ] {
        assert!(Timestamp::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn the_next_poll_starts_five_minutes_earlier() {
    let first_page = Timestamp::parse("2026-03-15T00:02:00Z").unwrap();
    let since = first_page.saturating_sub(Duration::from_mins(5));
    assert_eq!(since.to_string(), "2026-03-14T23:57:00.000Z");
}

proptest! {
    #[test]
    fn written_time_reads_back_equal_and_sorts_as_text(a in 0_u64..253_402_300_799_000, b in 0_u64..253_402_300_799_000) {
        let time = |millis| Timestamp::from(std::time::UNIX_EPOCH + Duration::from_millis(millis));
        prop_assert_eq!(Timestamp::parse(&time(a).to_string()).unwrap(), time(a));
        prop_assert_eq!(time(a).cmp(&time(b)), time(a).to_string().cmp(&time(b).to_string()));
    }
}
