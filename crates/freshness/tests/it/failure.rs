//! Loads that fail, panic or hang, and what their callers see.

use std::error::Error as _;

use freshness::Unavailable;
use tokio::time::timeout;

use crate::support::{Refused, Script, Turn, exact, secs, until};

#[tokio::test]
async fn failing_demands_within_a_cool_down_cost_one_load() {
    let script = Script::of([Turn::Refuse]);
    let (cell, clock) = script.cell(exact());
    for _ in 0..50 {
        assert!(matches!(
            cell.get().await.unwrap_err(),
            Unavailable::Failed { .. }
        ));
        clock.advance(secs(5) / 50);
    }
    assert_eq!(script.loads(), 1);
    cell.get().await.unwrap_err();
    assert_eq!(script.loads(), 2);
}

#[tokio::test]
async fn the_next_demand_after_the_cool_down_recovers_from_any_failure() {
    let all = [
        Turn::Refuse,
        Turn::Panic,
        Turn::RefuseFor(secs(4)),
        Turn::Refuse,
        Turn::Living(secs(60)),
    ];
    let script = Script::of(all);
    let (cell, clock) = script.cell(exact());
    for _ in 0..4 {
        cell.get().await.unwrap_err();
        clock.advance(secs(5));
    }
    assert_eq!(cell.get().await.unwrap().value, 5);
}

#[tokio::test]
async fn a_panicking_load_is_a_failed_attempt() {
    let script = Script::of([Turn::Panic, Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    let unavailable = cell.get().await.unwrap_err();
    assert!(
        matches!(unavailable, Unavailable::Panicked { .. }),
        "{unavailable:?}"
    );
    clock.advance(secs(5));
    assert_eq!(cell.get().await.unwrap().value, 2);
}

// Tokio's time is paused, so the deadline passes immediately; nothing here touches a socket.
#[tokio::test(start_paused = true)]
async fn a_hanging_load_ends_at_the_flight_deadline() {
    let script = Script::of([Turn::Hang, Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact().with_flight_deadline(secs(7)));
    assert!(
        timeout(secs(6), cell.get()).await.is_err(),
        "the deadline is not over yet"
    );
    let unavailable = timeout(secs(2), cell.get()).await.unwrap().unwrap_err();
    assert!(
        matches!(unavailable, Unavailable::TimedOut { retry_in } if retry_in == secs(5)),
        "{unavailable:?}"
    );
    assert_eq!(
        (script.loads(), script.ended()),
        (1, 1),
        "the load was dropped, not forgotten"
    );
    clock.advance(secs(5));
    assert_eq!(cell.get().await.unwrap().value, 2);
}

#[tokio::test]
async fn without_any_cool_down_a_failure_still_ends_the_waiting() {
    let script = Script::of([Turn::Refuse]);
    let (cell, _clock) = script.cell(exact().with_cool_down(secs(0)));
    for load in 1..=3 {
        assert!(matches!(cell.get().await, Err(Unavailable::Failed { .. })));
        assert_eq!(script.loads(), load);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hanging_refresh_delays_no_caller_while_the_value_lives() {
    let script = Script::of([Turn::Living(secs(60)), Turn::Hang, Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    cell.warm().await.unwrap();
    clock.advance(secs(50));
    for _ in 0..10 {
        assert_eq!(cell.get().await.unwrap().value, 1);
    }
    until(|| script.loads() == 2).await;
}

#[tokio::test]
async fn a_failed_early_refresh_keeps_the_good_value() {
    let script = Script::of([
        Turn::Living(secs(60)),
        Turn::Refuse,
        Turn::Panic,
        Turn::Living(secs(60)),
    ]);
    let (cell, clock) = script.cell(exact());
    cell.warm().await.unwrap();
    clock.advance(secs(48));
    for load in 2..=3 {
        assert_eq!(cell.get().await.unwrap().value, 1);
        until(|| script.ended() == load).await;
        assert_eq!(cell.get().await.unwrap().value, 1);
        clock.advance(secs(5));
    }
    cell.get().await.unwrap();
    until(|| cell.peek().unwrap().value == 4).await;
}

#[tokio::test]
async fn within_the_grace_a_stale_value_says_so() {
    let script = Script::of([Turn::Living(secs(60)), Turn::Refuse]);
    let (cell, clock) = script.cell(exact().with_grace(secs(300)));
    cell.warm().await.unwrap();
    clock.advance(secs(61));
    let held = cell.get().await.unwrap();
    assert!(held.stale && held.value == 1 && held.age == secs(61) && held.remaining() == Some(secs(0)));
    assert_eq!(cell.peek(), None, "a peek shows only what lives");
    clock.advance(secs(299));
    assert!(matches!(cell.get().await, Err(Unavailable::Failed { .. })));
}

#[tokio::test]
async fn a_wait_that_the_load_asks_for_is_kept() {
    let script = Script::of([Turn::RefuseFor(secs(20)), Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    assert_eq!(cell.get().await.unwrap_err().retry_in(), secs(20));
    clock.advance(secs(19));
    assert_eq!(cell.get().await.unwrap_err().retry_in(), secs(1));
    assert_eq!(script.loads(), 1);
    clock.advance(secs(1));
    cell.get().await.unwrap();
}

#[test]
fn no_error_repeats_the_text_of_its_source() {
    let (retry_in, source) = (
        secs(5),
        Refused {
            said: "no",
            wait: None,
        },
    );
    let all = [
        Unavailable::Failed {
            source: source.into(),
            retry_in,
        },
        Unavailable::TimedOut { retry_in },
        Unavailable::Panicked { retry_in },
        Unavailable::Interrupted { retry_in },
        Unavailable::Outdated { retry_in },
        Unavailable::CoolingDown { retry_in },
    ];
    let mut sources = 0;
    for unavailable in all {
        let text = unavailable.to_string();
        assert!(text.ends_with("; try again in 5.0 s"), "{text}");
        if let Some(source) = unavailable.source() {
            sources += 1;
            assert!(!text.contains(&source.to_string()), "{text}");
        }
    }
    assert_eq!(sources, 1);
}

#[tokio::test]
async fn an_error_says_when_to_try_again_and_keeps_its_cause() {
    let (cell, _clock) = Script::of([Turn::Refuse]).cell(exact());
    let unavailable = cell.get().await.unwrap_err();
    assert_eq!(
        unavailable.to_string(),
        "the value could not be loaded; try again in 5.0 s"
    );
    let cause = unavailable.source().unwrap();
    assert_eq!(cause.downcast_ref::<Refused>().unwrap().said, "no");
    assert_eq!(unavailable.failure().unwrap().said, "no");
}
