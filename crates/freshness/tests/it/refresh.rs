//! A value's life in a real cell, on a clock that the test moves.

use std::time::{Duration, SystemTime};

use freshness::{Clock as _, Unavailable};

use crate::support::{Script, Turn, exact, secs, until};

#[tokio::test]
async fn an_aging_value_is_served_while_one_flight_refreshes_it() {
    let script = Script::of([Turn::Living(secs(60))]).gated();
    let (cell, clock) = script.cell(exact());
    script.open();
    assert_eq!(cell.get().await.unwrap().value, 1);
    clock.advance(Duration::from_millis(47_999));
    assert_eq!(cell.get().await.unwrap().value, 1);
    tokio::task::yield_now().await;
    assert_eq!(script.loads(), 1, "fresh: no load is due");

    clock.advance(Duration::from_millis(1));
    for _ in 0..100 {
        assert_eq!(cell.get().await.unwrap().value, 1);
    }
    until(|| script.loads() == 2).await;
    script.open();
    until(|| cell.peek().unwrap().value == 2).await;
    assert_eq!(script.loads(), 2);
}

#[tokio::test]
async fn an_expired_value_waits_for_the_next() {
    let script = Script::of([Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    cell.warm().await.unwrap();
    clock.advance(secs(60));
    assert_eq!(cell.peek(), None);
    assert_eq!(cell.get().await.unwrap().value, 2);
}

#[tokio::test]
async fn a_wall_clock_set_back_by_a_year_extends_no_life() {
    let script = Script::of([Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    cell.warm().await.unwrap();
    clock.set_wall(clock.now().wall - Duration::from_hours(24 * 365));
    clock.advance(secs(59));
    assert_eq!(cell.get().await.unwrap().value, 1);
    clock.advance(secs(1));
    assert!(cell.get().await.unwrap().value > 1);
}

#[tokio::test]
async fn a_suspend_that_stops_the_monotonic_clock_extends_no_life() {
    let script = Script::of([Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    cell.warm().await.unwrap();
    clock.advance_wall(secs(60));
    assert_eq!(cell.peek(), None);
    assert_eq!(cell.get().await.unwrap().value, 2);
}

#[tokio::test]
async fn a_value_that_never_expires_is_loaded_once() {
    let script = Script::of([Turn::ForEver]);
    let (cell, clock) = script.cell(exact());
    cell.warm().await.unwrap();
    clock.set_wall(SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 200));
    let held = cell.get().await.unwrap();
    assert_eq!((held.value, held.remaining(), script.loads()), (1, None, 1));
}

#[tokio::test]
async fn an_invalidation_of_an_older_generation_keeps_the_newer_value() {
    let script = Script::of([Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    let first = cell.get().await.unwrap();
    clock.advance(secs(60));
    let second = cell.get().await.unwrap();
    cell.invalidate(first.generation);
    assert_eq!(cell.peek(), Some(second.clone()));
    cell.invalidate(second.generation);
    assert_eq!(cell.peek(), None);
    assert_eq!(cell.get().await.unwrap().value, 3);
}

#[tokio::test]
async fn a_hundred_invalidations_of_one_generation_cost_one_load() {
    let script = Script::of([Turn::Living(secs(60))]);
    let (cell, _clock) = script.cell(exact());
    let held = cell.get().await.unwrap();
    for _ in 0..100 {
        cell.invalidate(held.generation);
        assert_eq!(cell.get().await.unwrap().value, 2);
    }
    assert_eq!(script.loads(), 2);
}

#[tokio::test]
async fn loads_after_successive_invalidations_are_spaced() {
    let script = Script::of([Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    for _ in 0..2 {
        let held = cell.get().await.unwrap();
        cell.invalidate(held.generation);
    }
    let unavailable = cell.get().await.unwrap_err();
    assert!(
        matches!(unavailable, Unavailable::CoolingDown { .. }),
        "{unavailable:?}"
    );
    clock.advance(unavailable.retry_in());
    assert_eq!(cell.get().await.unwrap().value, 3);
}

#[tokio::test]
async fn a_renewal_brings_a_newer_value_or_keeps_what_there_is() {
    let turns = [Turn::Living(secs(300)), Turn::Living(secs(300)), Turn::Refuse];
    let script = Script::of(turns);
    let (cell, clock) = script.cell(exact().with_renew_window(secs(30)));
    let first = cell.get().await.unwrap();
    assert_eq!(cell.renew(first.generation).await.unwrap().value, 1, "too soon");
    clock.advance(secs(30));
    let second = cell.renew(first.generation).await.unwrap();
    assert_eq!(second.value, 2);
    clock.advance(secs(30));
    assert_eq!(
        cell.renew(first.generation).await.unwrap().value,
        2,
        "newer than what was seen"
    );
    assert_eq!(script.loads(), 2);
    assert_eq!(
        cell.renew(second.generation).await.unwrap().value,
        2,
        "the load failed, the value did not"
    );
    assert_eq!(script.loads(), 3);
}

#[tokio::test]
async fn other_callers_are_served_during_a_renewal() {
    let script = Script::of([Turn::Living(secs(300))]).gated();
    let (cell, clock) = script.cell(exact());
    script.open();
    let first = cell.get().await.unwrap();
    clock.advance(secs(30));
    let renewal = tokio::spawn({
        let (cell, seen) = (cell.clone(), first.generation);
        async move { cell.renew(seen).await }
    });
    until(|| script.loads() == 2).await;
    assert_eq!(cell.get().await.unwrap().value, 1);
    script.open();
    assert_eq!(renewal.await.unwrap().unwrap().value, 2);
}
