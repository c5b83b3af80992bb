//! How far apart loads are, and what an invalidation or the other side may change about it.

use super::timeline::{Timeline, refused, refused_for, secs};
use crate::Policy;
use crate::state::Failure;

#[test]
fn errors_are_remembered_for_one_cool_down_and_no_longer() {
    let mut t = Timeline::exact();
    t.demand();
    t.at(3).fail(refused());
    assert_eq!(
        t.at(7).demand(),
        "refuse Failed 1s",
        "counted from the failure, not from the claim"
    );
    assert_eq!(t.at(8).demand(), "launch, wait");
}

#[test]
fn no_failure_is_terminal() {
    let failures = [
        refused(),
        Failure::TimedOut,
        Failure::Panicked,
        Failure::Interrupted,
        refused_for(1),
    ];
    let mut t = Timeline::exact();
    for failure in failures {
        assert_eq!(t.demand(), "launch, wait");
        t.fail(failure);
        t.pass(secs(5));
    }
    t.demand();
    t.land(60);
    assert_eq!(t.settle(), "serve 1");
}

#[test]
fn a_value_that_lives_shorter_than_the_cool_down_is_not_loaded_in_a_loop() {
    let mut t = Timeline::exact();
    for tenth in 0..1000 {
        if t.demand().starts_with("launch") {
            t.land(u64::from(tenth % 3 == 0));
        }
        t.pass(secs(1) / 10);
    }
    assert_eq!(t.loads(), 20, "a hundred seconds, one load in five");
}

#[test]
fn a_value_that_expires_within_the_cool_down_is_refused_until_its_end() {
    let mut t = Timeline::exact();
    t.demand();
    t.land(2);
    assert_eq!(t.at(1).demand(), "serve 1");
    assert_eq!(t.at(2).demand(), "refuse CoolingDown 3s");
    assert_eq!(t.at(5).demand(), "launch, wait");
}

#[test]
fn a_value_that_is_expired_on_arrival_is_a_failure() {
    for lifetime in [0, 9, 10] {
        let mut t = Timeline::exact();
        t.demand();
        t.at(10).land(lifetime);
        assert_eq!(t.settle(), "refuse Outdated 5s");
        assert_eq!(t.demand(), "refuse Outdated 5s");
        assert_eq!(t.at(15).demand(), "launch, wait");
    }
}

#[test]
fn a_value_that_is_expired_on_arrival_does_not_replace_one_that_lives() {
    let mut t = Timeline::exact();
    t.demand();
    t.land(60);
    assert_eq!(t.at(49).demand(), "launch, serve 1");
    t.at(50).land(1);
    assert_eq!(t.demand(), "serve 1");
}

#[test]
fn a_value_that_is_expired_on_arrival_may_serve_within_its_grace() {
    let mut t = Timeline::with(Policy::default().with_jitter(0.0).with_grace(secs(30)));
    t.demand();
    t.at(10).land(0);
    assert_eq!(t.settle(), "serve 1 stale");
    assert_eq!(t.demand(), "serve 1 stale");
    assert_eq!(t.at(30).demand(), "launch, wait");
    t.at(31).land(0);
    assert_eq!(t.settle(), "serve 2 stale");
}

#[test]
fn a_wait_that_was_asked_for_is_kept_up_to_the_longest() {
    for (asked, waited) in [(0, 5), (3, 5), (20, 20), (60, 60), (86_400, 60)] {
        let mut t = Timeline::exact();
        t.demand();
        t.fail(refused_for(asked));
        assert_eq!(
            t.at(waited - 1).demand(),
            "refuse Failed 1s",
            "asked for {asked} s"
        );
        assert_eq!(t.at(waited).demand(), "launch, wait", "asked for {asked} s");
    }
}

#[test]
fn an_invalidation_allows_one_load_before_the_cool_down_ends() {
    let mut t = Timeline::exact();
    t.demand();
    t.land(60);
    t.at(1).invalidate(1);
    assert_eq!(t.demand(), "launch, wait");
    assert_eq!(t.demand(), "wait", "one, not two");
    t.land(60);
    t.at(2).invalidate(2);
    assert_eq!(
        t.demand(),
        "refuse CoolingDown 4s",
        "a second in a row waits for the cool-down"
    );
    assert_eq!(t.at(6).demand(), "launch, wait");
    t.land(60);
    t.invalidate(3);
    assert_eq!(t.demand(), "launch, wait", "by now another is due");
}

#[test]
fn a_failed_load_does_not_give_the_grant_back() {
    let mut t = Timeline::exact();
    t.demand();
    t.land(60);
    t.at(1).invalidate(1);
    t.demand();
    t.fail(refused());
    assert_eq!(t.demand(), "refuse Failed 5s");
}

#[test]
fn many_invalidations_cost_at_most_two_loads_per_cool_down() {
    let mut t = Timeline::exact();
    let mut generation = 0;
    for _ in 0..1000 {
        if t.demand().starts_with("launch") {
            t.land(60);
            generation += 1;
        }
        t.invalidate(generation);
        t.pass(secs(1) / 10);
    }
    assert!(
        (20..=40).contains(&t.loads()),
        "{} in twenty cool-downs",
        t.loads()
    );
}

#[test]
fn an_invalidation_does_not_lift_a_wait_that_was_asked_for() {
    let mut t = Timeline::exact();
    t.demand();
    t.land(60);
    assert_eq!(t.at(50).demand(), "launch, serve 1");
    t.fail(refused_for(30));
    t.at(51).invalidate(1);
    assert_eq!(t.demand(), "refuse Failed 29s");
    assert_eq!(t.at(80).demand(), "launch, wait");
}

#[test]
fn an_invalidation_names_one_generation() {
    let mut t = Timeline::exact();
    t.demand();
    t.land(60);
    t.at(50).demand();
    t.land(60);
    t.invalidate(1);
    assert_eq!(
        t.demand(),
        "serve 2",
        "a late complaint leaves the newer value alone"
    );
    t.invalidate(3);
    assert_eq!(t.demand(), "serve 2", "so does one about a value that never was");
    t.invalidate(2);
    assert_eq!(t.demand(), "launch, wait");
}

#[test]
fn an_invalid_value_is_not_served_within_its_grace_either() {
    let mut t = Timeline::with(Policy::default().with_jitter(0.0).with_grace(secs(300)));
    t.demand();
    t.land(60);
    t.at(100).invalidate(1);
    t.demand();
    t.fail(refused());
    assert_eq!(t.settle(), "refuse Failed 5s");
    assert_eq!(t.at(101).demand(), "refuse Failed 4s");
}

#[test]
fn a_value_whose_load_was_in_flight_at_the_invalidation_is_kept() {
    let mut t = Timeline::exact();
    t.demand();
    t.land(60);
    t.at(50).demand();
    t.at(51).invalidate(1);
    assert_eq!(t.demand(), "wait");
    t.land(60);
    assert_eq!(t.settle(), "serve 2");
}

#[test]
fn a_caller_whose_value_was_invalidated_while_it_waited_starts_over() {
    let mut t = Timeline::exact();
    t.demand();
    t.land(60);
    t.invalidate(1);
    assert_eq!(t.settle(), "launch, wait");
}

#[test]
fn a_renewal_is_bounded_by_its_own_window() {
    let mut t = Timeline::with(Policy::default().with_jitter(0.0).with_renew_window(secs(30)));
    t.demand();
    t.land(300);
    assert_eq!(t.at(29).renew(1), "serve 1");
    assert_eq!(t.at(30).renew(1), "launch, wait");
    assert_eq!(
        t.demand(),
        "serve 1",
        "who does not ask for a newer one does not wait"
    );
    t.fail(refused());
    assert_eq!(t.settle(), "serve 1", "and who does gets the old one back");
    assert_eq!(t.at(59).renew(1), "serve 1");
    assert_eq!(t.at(60).renew(1), "launch, wait");
    t.land(300);
    assert_eq!(t.settle(), "serve 2");
    assert_eq!(
        t.at(120).renew(1),
        "serve 2",
        "generation 2 is newer than what was seen"
    );
}

#[test]
fn the_renewal_window_does_not_delay_a_value_that_is_missing() {
    let mut t = Timeline::with(Policy::default().with_jitter(0.0).with_renew_window(secs(30)));
    t.demand();
    t.fail(refused());
    assert_eq!(t.at(4).renew(0), "refuse Failed 1s");
    assert_eq!(t.at(5).renew(0), "launch, wait");
}

#[test]
fn ten_thousand_unknown_key_ids_cost_one_load_per_window() {
    let mut t = Timeline::with(Policy::default().with_jitter(0.0).with_renew_window(secs(30)));
    t.demand();
    t.land(3600);
    for _ in 0..10_000 {
        if t.renew(t.machine.generation.0).starts_with("launch") {
            t.land(3600);
        }
        t.pass(secs(60) / 10_000);
    }
    assert_eq!(
        t.loads(),
        2,
        "the first, and one in the minute after it (at 30 s; the next would be at 60 s)"
    );
}
