//! One server alone.

use std::time::Duration;

use freshness::Clock as _;
use proptest::prelude::*;

use super::{caller, clocks, gaps, most_in_a_window, rates, span};
use crate::limit::callers::Callers;

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

    /// To the nanosecond, and up to a second later, as `Retry-After` rounds it: no earlier.
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
            clock.advance(Duration::from_nanos(1 + u64::from(gap) % 2 * 999_999_999));
            prop_assert!(callers.check(&caller()).is_admitted());
        }
    }

    /// What is announced as remaining is admitted, and not one more; when the full burst is announced, it is there.
    #[test]
    fn what_a_decision_announces_is_there(rate in rates(1), gaps in gaps(1..=40)) {
        let (clock, limit_clock) = clocks();
        let callers = Callers::new(rate, limit_clock);
        for gap in gaps {
            clock.advance(span(rate, gap));
            let decision = callers.check(&caller());
            for _ in 0..decision.remaining() {
                prop_assert!(callers.check(&caller()).is_admitted());
            }
            prop_assert!(!callers.check(&caller()).is_admitted());
        }
        let last = callers.check(&caller());
        clock.advance(last.full_in());
        prop_assert_eq!(callers.check(&caller()).remaining(), rate.quota.burst.get() - 1);
    }
}
