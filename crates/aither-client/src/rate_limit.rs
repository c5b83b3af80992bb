//! What Hemera says about its rate limit with every answer to a known caller.

use std::time::{Duration, SystemTime};

use hemera_types::header::{X_RATELIMIT_LIMIT, X_RATELIMIT_REMAINING, X_RATELIMIT_RESET};
use http::{HeaderMap, HeaderName};

/// The server's own account of how much may still be asked, from the `X-RateLimit-*` headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests admitted in a window (a minute, unless the server is configured otherwise).
    pub limit: u32,
    /// Requests that would be admitted now if sent at once; at most the burst.
    pub remaining: u32,
    /// When the full burst is back, by the server's clock.
    pub reset: SystemTime,
}

impl RateLimit {
    /// Reads the three headers; `None` where one is missing or is no number.
    pub(crate) fn parse(headers: &HeaderMap) -> Option<Self> {
        let reset = Duration::from_secs(number(headers, &X_RATELIMIT_RESET)?);
        Some(Self {
            limit: u32::try_from(number(headers, &X_RATELIMIT_LIMIT)?).ok()?,
            remaining: u32::try_from(number(headers, &X_RATELIMIT_REMAINING)?).ok()?,
            reset: SystemTime::UNIX_EPOCH.checked_add(reset)?,
        })
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: [&'static str; 3]) -> HeaderMap {
        let names = [X_RATELIMIT_LIMIT, X_RATELIMIT_REMAINING, X_RATELIMIT_RESET];
        names
            .into_iter()
            .zip(values)
            .map(|(name, value)| (name, value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn the_three_headers_make_one_account() {
        let reset = SystemTime::UNIX_EPOCH + Duration::from_hours(492_660);
        let expected = RateLimit {
            limit: 100,
            remaining: 19,
            reset,
        };
        assert_eq!(
            RateLimit::parse(&headers(["100", "19", "1773576000"])),
            Some(expected)
        );
    }

    #[test]
    fn what_is_no_number_is_no_account() {
        for values in [
            ["", "19", "1"],
            ["100", "-1", "1"],
            ["100", "19", "99999999999999999999"],
        ] {
            assert_eq!(RateLimit::parse(&headers(values)), None, "{values:?}");
        }
        assert_eq!(RateLimit::parse(&HeaderMap::new()), None);
    }
}
