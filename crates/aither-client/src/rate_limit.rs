//! The rate limit that Hemera announces with every response to an authenticated caller.

use std::num::NonZeroU32;
use std::time::{Duration, SystemTime};

use hemera_types::header::{
    RATELIMIT, RATELIMIT_POLICY, X_RATELIMIT_LIMIT, X_RATELIMIT_REMAINING, X_RATELIMIT_RESET,
};
use http::{HeaderMap, HeaderName};
use sfv::{BareItem, Item, List, ListEntry, Parser};

/// The server's rate limit and what remains of it, from the headers of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests admitted in a window.
    pub limit: u32,
    /// The window: a minute, unless the server is configured otherwise. `None` without `RateLimit-Policy`.
    pub window: Option<Duration>,
    /// Requests admitted in a row after a pause. `None` without `RateLimit-Policy`.
    pub burst: Option<NonZeroU32>,
    /// Requests that would be admitted now; at most the burst.
    pub remaining: u32,
    /// When the full burst is available again, by the server's clock.
    pub reset: SystemTime,
}

impl RateLimit {
    /// Reads the three `X-RateLimit-…` headers, and window and burst from the headers of the IETF draft. `None` if one of
    /// the three is missing or not a number.
    pub(crate) fn parse(headers: &HeaderMap) -> Option<Self> {
        let reset = Duration::from_secs(number(headers, &X_RATELIMIT_RESET)?);
        let policies = Policies::parse(headers);
        Some(Self {
            limit: u32::try_from(number(headers, &X_RATELIMIT_LIMIT)?).ok()?,
            window: policies.window,
            burst: policies.burst,
            remaining: u32::try_from(number(headers, &X_RATELIMIT_REMAINING)?).ok()?,
            reset: SystemTime::UNIX_EPOCH.checked_add(reset)?,
        })
    }

    /// The time after which the server no longer counts a request.
    pub(crate) fn interval(&self) -> Option<Duration> {
        Some(self.window? / self.limit.max(1))
    }

    /// The same for the window of the contract, a minute, if the response does not announce one.
    pub(crate) fn interval_of_a_minute(&self) -> Duration {
        Duration::from_mins(1) / self.limit.max(1)
    }

    /// The part that stays the same from response to response.
    pub(crate) fn policy(&self) -> (u32, Option<Duration>, Option<NonZeroU32>) {
        (self.limit, self.window, self.burst)
    }
}

/// The values of `RateLimit-Policy`, such as `"minute";q=100;w=60, "burst";q=20;w=12`.
#[derive(Default)]
struct Policies {
    /// The longest window of all policies.
    window: Option<Duration>,
    /// The quota of the policy that `RateLimit` names.
    burst: Option<NonZeroU32>,
}

impl Policies {
    fn parse(headers: &HeaderMap) -> Self {
        let Some((policies, reports)) = list(headers, &RATELIMIT_POLICY).zip(list(headers, &RATELIMIT))
        else {
            return Self::default();
        };
        let reported = items(&reports).next().map(|item| &item.bare_item);
        let window = items(&policies).filter_map(|policy| parameter(policy, "w")).max();
        let burst = items(&policies)
            .find(|policy| Some(&policy.bare_item) == reported)
            .and_then(|policy| NonZeroU32::new(u32::try_from(parameter(policy, "q")?).ok()?));
        Self {
            window: window.map(Duration::from_secs).filter(|window| !window.is_zero()),
            burst,
        }
    }
}

fn list(headers: &HeaderMap, name: &HeaderName) -> Option<List> {
    Parser::new(headers.get(name)?.as_bytes()).parse().ok()
}

fn items(list: &List) -> impl Iterator<Item = &Item> {
    list.iter().filter_map(|entry| match entry {
        ListEntry::Item(item) => Some(item),
        ListEntry::InnerList(_) => None,
    })
}

fn parameter(item: &Item, name: &str) -> Option<u64> {
    match item.params.get(name)? {
        BareItem::Integer(number) => u64::try_from(i64::from(*number)).ok(),
        _ => None,
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
    fn three_headers_make_a_rate_limit() {
        let reset = SystemTime::UNIX_EPOCH + Duration::from_hours(492_660);
        let expected = RateLimit {
            limit: 100,
            window: None,
            burst: None,
            remaining: 19,
            reset,
        };
        assert_eq!(
            RateLimit::parse(&headers(["100", "19", "1773576000"])),
            Some(expected)
        );
    }

    #[test]
    fn invalid_numbers_are_ignored() {
        for values in [
            ["", "19", "1"],
            ["100", "-1", "1"],
            ["100", "19", "99999999999999999999"],
        ] {
            assert_eq!(RateLimit::parse(&headers(values)), None, "{values:?}");
        }
        assert_eq!(RateLimit::parse(&HeaderMap::new()), None);
    }

    fn with_policy(policy: &'static str, report: &'static str) -> (Option<Duration>, Option<u32>) {
        let mut headers = headers(["100", "19", "1773576000"]);
        headers.insert(RATELIMIT_POLICY, policy.parse().unwrap());
        headers.insert(RATELIMIT, report.parse().unwrap());
        let announced = RateLimit::parse(&headers).unwrap();
        (announced.window, announced.burst.map(NonZeroU32::get))
    }

    #[test]
    fn window_and_burst_come_from_the_policies() {
        let minute = Some(Duration::from_mins(1));
        assert_eq!(
            with_policy("\"minute\";q=100;w=60, \"burst\";q=20;w=12", "\"burst\";r=19;t=1"),
            (minute, Some(20))
        );
        assert_eq!(
            with_policy("\"burst\";w=12;q=20,\"minute\";w=60;q=100", "\"burst\";t=1;r=19"),
            (minute, Some(20))
        );
    }

    #[test]
    fn invalid_policies_do_not_affect_the_other_headers() {
        for (policy, report) in [
            ("", "\"burst\";r=19"),
            ("\"burst\";q=20;w=12", "100;;"),
            ("burst: 20", "\"burst\";r=19"),
        ] {
            assert_eq!(with_policy(policy, report), (None, None), "{policy}");
        }
        assert_eq!(with_policy("\"burst\";q=-1;w=0", "\"burst\";r=19"), (None, None));
        let hourly = with_policy("\"hour\";q=20;w=3600", "\"burst\";r=19");
        assert_eq!(hourly, (Some(Duration::from_hours(1)), None));
    }
}
