//! The headers that say how much of a caller's quota is left.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hemera_types::header::{
    RATELIMIT, RATELIMIT_POLICY, X_RATELIMIT_LIMIT, X_RATELIMIT_REMAINING, X_RATELIMIT_RESET,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::limit::Decision;
use crate::wire::error::whole_seconds;

/// Puts them, as the limiter has decided. Times are rounded up: what is announced is there by then.
pub(crate) fn put_headers(decision: &Decision, headers: &mut HeaderMap, now: SystemTime) {
    let full_at = now + decision.full_in();
    let reset = rounded_up(full_at.duration_since(UNIX_EPOCH).unwrap_or_default());
    let [policy, state] = of_the_draft(decision);
    let texts = [
        (X_RATELIMIT_LIMIT, decision.quota().rate.to_string()),
        (X_RATELIMIT_REMAINING, decision.remaining().to_string()),
        (X_RATELIMIT_RESET, reset.to_string()),
        policy,
        state,
    ];
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
}

/// The two headers of draft-ietf-httpapi-ratelimit-headers-11, in one place: the draft may still rename its parameters.
///
/// `t` is the effective window, rounded up like `Retry-After`: at `r=0` both are the same moment.
fn of_the_draft(decision: &Decision) -> [(HeaderName, String); 2] {
    let quota = decision.quota();
    let policy = format!(
        "\"minute\";q={};w={}, \"burst\";q={};w={}",
        quota.rate,
        whole_seconds(decision.window()),
        quota.burst,
        whole_seconds(decision.burst_window()),
    );
    let state = format!(
        "\"burst\";r={};t={}",
        decision.remaining(),
        whole_seconds(decision.next_in())
    );
    [(RATELIMIT_POLICY, policy), (RATELIMIT, state)]
}

/// Whole seconds; none where there is nothing to wait for.
fn rounded_up(span: Duration) -> u128 {
    span.as_nanos().div_ceil(1_000_000_000)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use proptest::prelude::*;

    use super::*;
    use crate::config::Quota;

    fn quota(rate: u32, burst: u32) -> Quota {
        let number = |number| NonZeroU32::new(number).unwrap();
        Quota {
            rate: number(rate),
            burst: number(burst),
        }
    }

    fn headers(decision: &Decision, now: Duration) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        put_headers(decision, &mut headers, UNIX_EPOCH + now);
        let texts = headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        texts.collect()
    }

    #[test]
    fn times_are_rounded_up_to_whole_seconds() {
        // A request takes 1.5 s to be forgotten, so a burst with one taken is back at 100.25 + 1.5 s.
        let decision = Decision::of(quota(40, 10), Duration::from_mins(1), Duration::ZERO);
        assert_eq!(
            headers(&decision, Duration::from_millis(100_250)),
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

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

        /// The announced window ends when the effective one has ended, less than a second later, and not before the
        /// moment that `Retry-After` names.
        #[test]
        fn the_announced_window_is_the_effective_one_in_whole_seconds(
            rate in 1..=400_u32,
            burst in 1..=60_u32,
            window in 10..=86_400_000_u64,
            taken in 0..=1_000_u32,
        ) {
            let window = Duration::from_millis(window);
            let whole_burst = Decision::of(quota(rate, burst), window, Duration::ZERO).burst_window();
            let decision = Decision::of(quota(rate, burst), window, whole_burst * taken / 1_000);
            let all = headers(&decision, Duration::from_secs(100));
            let state = all.iter().find(|(name, _)| name == "ratelimit").unwrap().1.clone();
            let announced: u64 = state.split_once(";t=").unwrap().1.parse().unwrap();
            let announced = Duration::from_secs(announced);
            prop_assert!(announced >= decision.next_in(), "{state}");
            prop_assert!(announced < decision.next_in() + Duration::from_secs(1), "{state}");
            if let Some(wait) = decision.retry_in() {
                prop_assert_eq!(announced, Duration::from_secs(whole_seconds(wait)));
                prop_assert!(state.contains(";r=0;"), "{}", state);
            }
        }
    }
}
