//! Requests that turn out to count as several.

use std::time::Duration;

use freshness::Clock as _;
use proptest::prelude::*;

use super::{caller, clocks, gaps, number, rates, span};
use crate::config::Quota;
use crate::limit::callers::Callers;
use crate::limit::cost::Cost;
use crate::limit::decision::Decision;
use crate::limit::rate::Rate;

/// Counts a request as the server does: as one, and then the rest of it.
fn send(callers: &Callers, rate: Rate, weight: u32) -> Decision {
    let first = callers.check(&caller());
    let rest = Cost::rest_of(weight, &rate, Duration::ZERO);
    if first.is_admitted() && rest.taken > 0 {
        callers.take(&caller(), rest)
    } else {
        first
    }
}

/// The weight that was admitted, with the moment.
fn most_in_a_window(admitted: &[(Duration, u32)], window: Duration) -> u32 {
    let within = |from: usize| {
        let end = admitted[from].0 + window;
        let inside = admitted[from..].iter().take_while(|(at, _)| *at <= end);
        inside.map(|(_, weight)| weight).sum()
    };
    (0..admitted.len()).map(within).max().unwrap_or_default()
}

/// Bodies arrive when what was counted for their requests is long forgotten: they give back nothing of what others took.
#[test]
fn what_is_forgotten_is_not_given_back() {
    let rate = Rate {
        quota: Quota {
            rate: number(100),
            burst: number(20),
        },
        window: Duration::from_mins(1),
    };
    let (clock, limit_clock) = clocks();
    let callers = Callers::new(rate, limit_clock);
    let admitted = || (0..40).filter(|_| callers.check(&caller()).is_admitted()).count();
    assert_eq!(admitted(), 20, "requests with slow bodies");
    let age = rate.burst_window();
    clock.advance(age);
    assert_eq!(admitted(), 20, "others");
    for _ in 0..20 {
        let rest = callers.take(&caller(), Cost::rest_of(2, &rate, age));
        assert!(!rest.is_admitted());
    }
    assert_eq!(admitted(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// What is refused halfway is given back, and no more than that.
    #[test]
    fn a_window_admits_no_more_weight_than_limit_and_burst(
        rate in rates(1),
        arrivals in gaps(1..=400),
        weights in prop::collection::vec(1..=4_u32, 400),
        pauses in prop::collection::vec(0..3_000_u32, 400),
    ) {
        let (clock, limit_clock) = clocks();
        let callers = Callers::new(rate, limit_clock);
        let mut admitted = Vec::new();
        for ((gap, weight), pause) in arrivals.into_iter().zip(weights).zip(pauses) {
            clock.advance(span(rate, gap));
            let began = clock.now().monotonic;
            if !callers.check(&caller()).is_admitted() {
                continue;
            }
            // A body takes its time, and another request may come meanwhile.
            clock.advance(span(rate, pause));
            if pause % 2 == 0 && callers.check(&caller()).is_admitted() {
                admitted.push((clock.now().monotonic, 1));
            }
            let rest = Cost::rest_of(weight, &rate, clock.now().monotonic.saturating_sub(began));
            if rest.taken == 0 || callers.take(&caller(), rest).is_admitted() {
                admitted.push((began, 1));
                admitted.push((clock.now().monotonic, rest.taken));
            }
        }
        admitted.sort();
        let most = rate.quota.rate.get() + rate.quota.burst.get();
        prop_assert!(most_in_a_window(&admitted, rate.window) <= most);
    }

    /// Exactly after the wait the whole request finds room; a moment before it does not.
    #[test]
    fn a_refused_request_is_admitted_as_a_whole_after_the_announced_wait_and_not_before(
        rate in rates(1),
        arrivals in gaps(1..=100),
        weight in 2..=4_u32,
    ) {
        let (clock, limit_clock) = clocks();
        let callers = Callers::new(rate, limit_clock);
        for gap in arrivals {
            clock.advance(span(rate, gap));
            callers.check(&caller());
            let decision = send(&callers, rate, weight);
            let Some(wait) = decision.retry_in() else { continue };
            // With no room for one, the rest is not asked for; the wait is that for one.
            if decision.remaining() == 0 && wait == decision.next_in() {
                clock.advance(wait);
                continue;
            }
            clock.advance(wait.saturating_sub(Duration::from_nanos(1)));
            prop_assert!(!send(&callers, rate, weight).is_admitted());
            clock.advance(Duration::from_nanos(1));
            prop_assert!(send(&callers, rate, weight).is_admitted());
        }
    }

    /// A refused request leaves the count as it was before it.
    #[test]
    fn a_request_that_is_refused_halfway_counts_nothing(rate in rates(2), taken in 0..40_u32, weight in 2..=4_u32) {
        let (_, limit_clock) = clocks();
        let callers = Callers::new(rate, limit_clock);
        for _ in 0..taken {
            callers.check(&caller());
        }
        let before = callers.take(&caller(), Cost::rest_of(1, &rate, Duration::ZERO));
        let after = send(&callers, rate, weight);
        if !after.is_admitted() {
            prop_assert_eq!(after.full_in(), before.full_in());
        }
    }
}
