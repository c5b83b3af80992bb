//! The rules as tables: value × activity × event → answer.

use std::time::Duration;

use super::timeline::{Timeline, refused, secs};
use crate::Policy;
use crate::state::Failure;

/// Brings a timeline into a state by events alone, and leaves it at the moment of the question.
type Story = fn(&mut Timeline);

/// A value that lives 60 s is loaded at 0: fresh to 48, aging to 60.
fn loaded(t: &mut Timeline) {
    t.demand();
    t.land(60);
}

/// State, how it comes about, and what it answers to a demand, to a renewal of generation 1 and to a caller
/// that has waited.
const TABLE: [(&str, Story, [&str; 3]); 12] = [
    (
        "absent, idle",
        |_| (),
        ["launch, wait", "launch, wait", "launch, wait"],
    ),
    (
        "absent, in flight",
        |t| {
            t.demand();
        },
        ["wait", "wait", "wait"],
    ),
    (
        "absent, cooling down",
        |t| {
            t.demand();
            t.fail(refused());
            t.at(1);
        },
        ["refuse Failed 4s", "refuse Failed 4s", "refuse Failed 4s"],
    ),
    (
        "fresh, idle",
        |t| {
            loaded(t);
            t.at(10);
        },
        ["serve 1", "launch, wait", "serve 1"],
    ),
    (
        "fresh, in flight",
        |t| {
            loaded(t);
            t.at(9).renew(1);
            t.at(10);
        },
        ["serve 1", "wait", "serve 1"],
    ),
    (
        "fresh, cooling down",
        |t| {
            loaded(t);
            t.at(1);
        },
        ["serve 1", "serve 1", "serve 1"],
    ),
    (
        "aging, idle",
        |t| {
            loaded(t);
            t.at(50);
        },
        ["launch, serve 1", "launch, wait", "serve 1"],
    ),
    (
        "aging, in flight",
        |t| {
            loaded(t);
            t.at(49).demand();
            t.at(50);
        },
        ["serve 1", "wait", "serve 1"],
    ),
    (
        "aging, cooling down",
        |t| {
            loaded(t);
            t.at(49).demand();
            t.fail(refused());
            t.at(50);
        },
        ["serve 1", "serve 1", "serve 1"],
    ),
    (
        "expired, idle",
        |t| {
            loaded(t);
            t.at(60);
        },
        ["launch, wait", "launch, wait", "launch, wait"],
    ),
    (
        "expired, in flight",
        |t| {
            loaded(t);
            t.at(50).demand();
            t.at(60);
        },
        ["wait", "wait", "wait"],
    ),
    (
        "expired, cooling down",
        |t| {
            loaded(t);
            t.at(58).demand();
            t.fail(Failure::TimedOut);
            t.at(60);
        },
        ["refuse TimedOut 3s", "refuse TimedOut 3s", "refuse TimedOut 3s"],
    ),
];

fn answers(policy: Policy, story: Story) -> [String; 3] {
    let ask = |event: fn(&mut Timeline) -> String| {
        let mut timeline = Timeline::with(policy);
        story(&mut timeline);
        event(&mut timeline)
    };
    [ask(Timeline::demand), ask(|t| t.renew(1)), ask(Timeline::settle)]
}

#[test]
fn every_state_answers_as_the_table_says() {
    let policy = Policy::default().with_jitter(0.0);
    for (state, story, expected) in TABLE {
        assert_eq!(answers(policy, story), expected, "{state}");
    }
}

#[test]
fn grace_matters_only_for_an_expired_value_that_cannot_be_replaced_now() {
    let policy = Policy::default().with_jitter(0.0).with_grace(secs(300));
    for (state, story, expected) in TABLE {
        let expected = if state == "expired, cooling down" {
            ["serve 1 stale"; 3]
        } else {
            expected
        };
        assert_eq!(answers(policy, story), expected, "{state}");
    }
}

#[test]
fn a_value_is_refused_after_its_grace() {
    let mut t = Timeline::with(Policy::default().with_jitter(0.0).with_grace(secs(300)));
    loaded(&mut t);
    t.at(359).demand();
    t.fail(refused());
    assert_eq!(t.demand(), "serve 1 stale");
    assert_eq!(t.at(360).demand(), "refuse Failed 4s");
}

#[test]
fn a_stale_value_waits_for_each_new_attempt() {
    let mut t = Timeline::with(Policy::default().with_jitter(0.0).with_grace(secs(300)));
    loaded(&mut t);
    assert_eq!(t.at(100).demand(), "launch, wait");
    t.fail(refused());
    assert_eq!(t.settle(), "serve 1 stale");
    assert_eq!(t.at(104).demand(), "serve 1 stale");
    assert_eq!(t.at(105).demand(), "launch, wait");
    t.land(60);
    assert_eq!(t.settle(), "serve 2");
}

#[test]
fn a_failed_early_refresh_keeps_the_good_value() {
    let mut t = Timeline::exact();
    loaded(&mut t);
    assert_eq!(t.at(48).demand(), "launch, serve 1");
    t.fail(refused());
    assert_eq!(t.demand(), "serve 1");
    assert_eq!(
        t.at(53).demand(),
        "launch, serve 1",
        "and it is tried again after the cool-down"
    );
    t.fail(Failure::Panicked);
    assert_eq!(t.at(58).demand(), "launch, serve 1");
    t.land(60);
    assert_eq!(t.demand(), "serve 2");
}

#[test]
fn a_value_without_lifetime_never_expires() {
    let mut t = Timeline::exact();
    t.demand();
    t.land_loaded(None);
    t.pass(Duration::from_hours(24 * 365 * 100));
    assert_eq!(t.demand(), "serve 1");
}

#[test]
fn life_is_counted_from_before_the_load_was_sent() {
    let mut t = Timeline::exact();
    t.demand();
    t.at(10).land(60);
    assert_eq!(t.at(47).demand(), "serve 1");
    assert_eq!(t.at(48).demand(), "launch, serve 1");
    assert_eq!(t.at(60).demand(), "wait");
}

#[test]
fn a_wall_clock_that_is_set_back_extends_no_life() {
    let mut t = Timeline::exact();
    loaded(&mut t);
    t.now.wall -= Duration::from_hours(1);
    t.now.monotonic += secs(60);
    assert_eq!(t.demand(), "launch, wait");
}

#[test]
fn a_suspend_that_stops_the_monotonic_clock_extends_no_life() {
    let mut t = Timeline::exact();
    loaded(&mut t);
    t.now.wall += secs(60);
    assert_eq!(t.demand(), "launch, wait");
}

#[test]
fn a_landing_without_a_flight_changes_nothing() {
    let mut t = Timeline::exact();
    t.land(60);
    assert_eq!(t.demand(), "launch, wait");
}

#[test]
fn the_lead_is_a_fifth_of_the_lifetime_but_at_most_two_minutes() {
    let policy = Policy::default().with_jitter(0.0);
    for (lifetime, fresh_for) in [(0, 0), (10, 8), (60, 48), (600, 480), (900, 780), (3600, 3480)] {
        assert_eq!(
            policy.fresh_for(Some(secs(lifetime)), 0.5),
            secs(fresh_for),
            "of {lifetime} s"
        );
    }
    assert_eq!(policy.fresh_for(None, 0.5), Duration::MAX);
}

#[test]
fn jitter_shortens_the_lead_and_lengthens_the_distance() {
    let policy = Policy::default().with_jitter(0.5).with_renew_window(secs(30));
    for (roll, fresh_for, spacing, renew_spacing) in [(0.0, 48.0, 5.0, 30.0), (0.5, 51.0, 6.25, 37.5)] {
        assert_eq!(
            policy.fresh_for(Some(secs(60)), roll),
            Duration::from_secs_f64(fresh_for)
        );
        assert_eq!(policy.spacing(roll), Duration::from_secs_f64(spacing));
        assert_eq!(policy.renew_spacing(roll), Duration::from_secs_f64(renew_spacing));
    }
}

#[test]
fn a_policy_accepts_any_number_without_a_panic() {
    for share in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 2.0] {
        let policy = Policy::default()
            .with_lead_share(share)
            .with_jitter(share)
            .with_lead_cap(Duration::MAX)
            .with_cool_down(Duration::MAX)
            .with_renew_window(Duration::MAX);
        assert!(policy.fresh_for(Some(Duration::MAX), 0.9) <= Duration::MAX);
        assert!(policy.fresh_for(Some(secs(60)), 0.9) <= secs(60));
        assert!(policy.spacing(0.9) >= secs(5));
        assert!(policy.renew_spacing(0.9) >= secs(5));
    }
}
