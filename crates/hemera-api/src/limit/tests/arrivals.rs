//! One server alone.

use std::time::{Duration, SystemTime};

use freshness::Clock as _;
use hemera_types::header::{X_RATELIMIT_REMAINING, X_RATELIMIT_RESET};
use http::HeaderMap;
use proptest::prelude::*;

use super::{caller, clocks, gaps, most_in_a_window, rates, span};
use crate::limit::callers::Callers;
use crate::limit::decision::Decision;
use crate::wire::error::whole_seconds;

/// A number in a decision's headers.
fn told(decision: &Decision, name: &http::HeaderName, now: SystemTime) -> u64 {
    let mut headers = HeaderMap::new();
    decision.put_headers(&mut headers, now);
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    text.and_then(|text| text.parse().ok()).unwrap_or(u64::MAX)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn no_window_admits_more_than_limit_and_burst(rate in rates(1), gaps in gaps(1..=400)) {
        let (clock, limit_clock) = clocks();
        let callers = Callers::new(rate, limit_clock);
        let mut admitted = Vec::new();
        for gap in gaps {
            clock.advance(span(rate, gap));
            if callers.check(&caller()).is_admitted() {
                admitted.push(clock.now().monotonic);
            }
        }
        let most = (rate.quota.rate.get() + rate.quota.burst.get()) as usize;
        prop_assert!(most_in_a_window(&admitted, rate.window) <= most);
    }

    /// As `Retry-After` says it, and to the nanosecond: no earlier, and no later.
    #[test]
    fn who_waits_as_long_as_told_is_admitted(rate in rates(1), gaps in gaps(1..=200)) {
        let (clock, limit_clock) = clocks();
        let callers = Callers::new(rate, limit_clock);
        for gap in gaps {
            clock.advance(span(rate, gap));
            let Some(wait) = callers.check(&caller()).retry_in() else { continue };
            prop_assert!(!wait.is_zero() && wait <= rate.interval());
            clock.advance(wait.saturating_sub(Duration::from_nanos(1)));
            prop_assert!(!callers.check(&caller()).is_admitted());
            let rest = Duration::from_secs(whole_seconds(wait)).saturating_sub(wait);
            clock.advance(Duration::from_nanos(1) + if gap % 2 == 0 { rest } else { Duration::ZERO });
            prop_assert!(callers.check(&caller()).is_admitted());
        }
    }

    /// What is announced as remaining is admitted at once, and not one more; when the full burst is announced, it is there.
    #[test]
    fn what_the_headers_announce_is_there(rate in rates(1), gaps in gaps(1..=40)) {
        let (clock, limit_clock) = clocks();
        let callers = Callers::new(rate, limit_clock);
        for gap in gaps {
            clock.advance(span(rate, gap));
            let decision = callers.check(&caller());
            for _ in 0..told(&decision, &X_RATELIMIT_REMAINING, clock.now().wall) {
                prop_assert!(callers.check(&caller()).is_admitted());
            }
            prop_assert!(!callers.check(&caller()).is_admitted());
        }
        let last = callers.check(&caller());
        let reset = SystemTime::UNIX_EPOCH + Duration::from_secs(told(&last, &X_RATELIMIT_RESET, clock.now().wall));
        clock.advance(reset.duration_since(clock.now().wall).unwrap_or_default());
        let full = told(&callers.check(&caller()), &X_RATELIMIT_REMAINING, clock.now().wall);
        prop_assert_eq!(full, u64::from(rate.quota.burst.get()) - 1);
    }
}
