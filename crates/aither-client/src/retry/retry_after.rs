//! The `Retry-After` header in both of its forms (RFC 9110, section 10.2.3).

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// How long the server asks to wait, if the header is valid.
///
/// A date is compared with the response's own `Date`, so that a wrong clock on either side does not matter, or with `now`
/// if there is none. A date in the past gives zero. A number that is too large gives `Duration::MAX`; the caller decides
/// whether to wait that long.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let sent = headers.get(DATE).and_then(|date| date.to_str().ok());
    let sent = sent
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or(now);
    Some(until.duration_since(sent).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "Sun, 15 Mar 2026 12:00:00 GMT";

    fn read(value: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        retry_after(&headers, httpdate::parse_http_date(NOW).unwrap())
    }

    #[test]
    fn seconds_are_read() {
        assert_eq!(read("7", None), Some(Duration::from_secs(7)));
        assert_eq!(read(" 7 ", None), Some(Duration::from_secs(7)));
        assert_eq!(read("0", None), Some(Duration::ZERO));
        assert_eq!(read("99999999999999999999999", None), Some(Duration::MAX));
    }

    #[test]
    fn dates_are_read_against_now() {
        assert_eq!(
            read("Sun, 15 Mar 2026 12:00:30 GMT", None),
            Some(Duration::from_secs(30))
        );
        assert_eq!(read("Sun, 15 Mar 2026 11:00:00 GMT", None), Some(Duration::ZERO));
    }

    #[test]
    fn date_is_read_against_the_date_of_the_response() {
        let server = "Sun, 15 Mar 2026 09:00:00 GMT";
        assert_eq!(
            read("Sun, 15 Mar 2026 09:00:05 GMT", Some(server)),
            Some(Duration::from_secs(5))
        );
    }

    #[test]
    fn invalid_values_are_ignored() {
        for text in [
            "",
            "soon",
            "-1",
            "1.5",
            "NaN",
            "+5",
            "1e3",
            "2026-03-15T12:00:30Z",
        ] {
            assert_eq!(read(text, None), None, "{text}");
        }
    }
}
