//! The promises of the limits, over random arrivals on a clock that only the tests move.

mod arrivals;
mod losses;
mod weights;

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use freshness::ManualClock;
use permissions::Role;
use proptest::prelude::*;

use super::callers::CallerKey;
use super::clock::LimitClock;
use super::rate::Rate;
use crate::config::Quota;

fn number(of: u32) -> NonZeroU32 {
    NonZeroU32::new(of).unwrap_or(NonZeroU32::MIN)
}

fn caller() -> CallerKey {
    (Role::ApiClient, Arc::from("user_1"))
}

fn clocks() -> (ManualClock, LimitClock) {
    let clock = ManualClock::at(SystemTime::UNIX_EPOCH);
    (clock.clone(), LimitClock(Arc::new(clock)))
}

/// Windows of milliseconds and of minutes, and rates that do not divide them.
fn rates(least: u32) -> impl Strategy<Value = Rate> {
    (least..=200_u32, least..=40_u32, 10_u64..=120_000).prop_map(|(rate, burst, millis)| Rate {
        quota: Quota {
            rate: number(rate),
            burst: number(burst),
        },
        window: Duration::from_millis(millis),
    })
}

/// Pauses in thousandths of a rate's interval: none, short ones, and long ones in which the quota recovers.
fn gaps(how_many: RangeInclusive<usize>) -> impl Strategy<Value = Vec<u32>> {
    let gap = prop_oneof![4 => Just(0), 3 => 0..1_000_u32, 3 => 500..1_500_u32, 1 => 0..20_000_u32];
    prop::collection::vec(gap, how_many)
}

fn span(rate: Rate, thousandths: u32) -> Duration {
    rate.interval() * thousandths / 1_000
}

/// The largest number of these moments that lie in one window, its ends included.
fn most_in_a_window(moments: &[Duration], window: Duration) -> usize {
    let within = |from: usize| {
        let end = moments[from] + window;
        moments[from..].iter().take_while(|at| **at <= end).count()
    };
    (0..moments.len()).map(within).max().unwrap_or_default()
}
