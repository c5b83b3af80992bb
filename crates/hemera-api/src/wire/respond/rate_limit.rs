//! The headers that say how much of a caller's quota is left.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hemera_types::header::{
    RATELIMIT, RATELIMIT_POLICY, X_RATELIMIT_LIMIT, X_RATELIMIT_REMAINING, X_RATELIMIT_RESET,
};
use http::{HeaderMap, HeaderValue};

use crate::limit::Decision;
use crate::wire::error::whole_seconds;

/// Puts them, as the limiter has decided. Times are rounded up: what is announced is there by then.
pub(crate) fn put_headers(decision: &Decision, headers: &mut HeaderMap, now: SystemTime) {
    let full_at = now + decision.full_in();
    let reset = rounded_up(full_at.duration_since(UNIX_EPOCH).unwrap_or_default());
    let quota = decision.quota();
    let policy = format!(
        "\"minute\";q={};w={}, \"burst\";q={};w={}",
        quota.rate,
        whole_seconds(decision.window()),
        quota.burst,
        whole_seconds(decision.burst_window()),
    );
    let remaining = decision.remaining();
    let full_in = rounded_up(decision.full_in());
    let texts = [
        (X_RATELIMIT_LIMIT, quota.rate.to_string()),
        (X_RATELIMIT_REMAINING, remaining.to_string()),
        (X_RATELIMIT_RESET, reset.to_string()),
        (RATELIMIT_POLICY, policy),
        (RATELIMIT, format!("\"burst\";r={remaining};t={full_in}")),
    ];
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
}

/// Whole seconds; none where there is nothing to wait for.
fn rounded_up(span: Duration) -> u128 {
    span.as_nanos().div_ceil(1_000_000_000)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::config::Quota;

    fn headers(remaining: u32, now: Duration) -> Vec<(String, String)> {
        let number = |number| NonZeroU32::new(number).unwrap();
        let quota = Quota {
            rate: number(40),
            burst: number(10),
        };
        let decision = Decision::admitted_of(quota, Duration::from_mins(1), remaining);
        let mut headers = HeaderMap::new();
        put_headers(&decision, &mut headers, UNIX_EPOCH + now);
        let texts = headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        texts.collect()
    }

    #[test]
    fn times_are_rounded_up_to_whole_seconds() {
        // A request takes 1.5 s to be forgotten, so a burst with one taken is back at 100.25 + 1.5 s.
        assert_eq!(
            headers(9, Duration::from_millis(100_250)),
            [
                ("x-ratelimit-limit", "40"),
                ("x-ratelimit-remaining", "9"),
                ("x-ratelimit-reset", "102"),
                ("ratelimit-policy", "\"minute\";q=40;w=60, \"burst\";q=10;w=15"),
                ("ratelimit", "\"burst\";r=9;t=2"),
            ]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
        );
    }

    #[test]
    fn full_burst_is_back_without_a_wait() {
        let headers = headers(10, Duration::from_secs(100));
        assert!(headers.contains(&("x-ratelimit-reset".to_owned(), "100".to_owned())));
        assert!(headers.contains(&("ratelimit".to_owned(), "\"burst\";r=10;t=0".to_owned())));
    }
}
