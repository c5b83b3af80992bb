//! One server that counts in its memory.

use std::time::Duration;

use freshness::Clock as _;
use proptest::prelude::*;

use super::{caller, clocks, gaps, most_in_a_window, rates, span};
use crate::limit::callers::Callers;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_window_admits_no_more_than_limit_and_burst(rate in rates(1), gaps in gaps(1..=400)) {
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

    /// Exactly after the wait, or up to a second later as `Retry-After` rounds it, and no earlier.
    #[test]
    fn a_refused_caller_is_admitted_after_the_announced_wait_and_not_before(rate in rates(1), gaps in gaps(1..=200)) {
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

    /// As many requests as are announced as remaining are admitted, and not one more; after `full_in` the burst is full.
    #[test]
    fn remaining_requests_and_the_time_of_the_full_burst_are_exact(rate in rates(1), gaps in gaps(1..=40)) {
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

    /// Within the effective window no more than the remaining requests are admitted, whenever they are sent in it; at its
    /// end one more is.
    #[test]
    fn the_effective_window_admits_the_remaining_requests_and_its_end_one_more(
        rate in rates(1),
        gaps in gaps(1..=40),
        moments in prop::collection::btree_set(0..1_000_u32, 0..=8),
        at_once in 1..=40_u32,
    ) {
        let (clock, limit_clock) = clocks();
        let callers = Callers::new(rate, limit_clock);
        for gap in gaps {
            clock.advance(span(rate, gap));
            let decision = callers.check(&caller());
            let (start, window) = (clock.now().monotonic, decision.next_in());
            prop_assert!(!window.is_zero() && window <= rate.interval());
            let mut admitted = 0;
            for moment in &moments {
                clock.advance((start + window * *moment / 1_000).saturating_sub(clock.now().monotonic));
                admitted += (0..at_once).filter(|_| callers.check(&caller()).is_admitted()).count();
            }
            let just_before = (start + window).saturating_sub(Duration::from_nanos(1));
            clock.advance(just_before.saturating_sub(clock.now().monotonic));
            let rest = (0..=rate.quota.burst.get()).filter(|_| callers.check(&caller()).is_admitted()).count();
            prop_assert_eq!(admitted + rest, decision.remaining() as usize);
            clock.advance(Duration::from_nanos(1));
            prop_assert!(callers.check(&caller()).is_admitted());
            prop_assert!(!callers.check(&caller()).is_admitted());
        }
    }
}
