//! The clocks and sleeps themselves.

use std::time::{Duration, SystemTime};

use freshness::{Clock, ManualClock, RecordedSleep, Sleep, SystemClock, TokioSleep};

use crate::support::secs;

#[test]
fn since_takes_the_larger_of_both_clocks() {
    let clock = ManualClock::at(SystemTime::UNIX_EPOCH + secs(1_000_000));
    let start = clock.now();
    clock.advance(Duration::from_nanos(1));
    assert_eq!(clock.now().since(start), Duration::from_nanos(1));
    clock.advance_wall(secs(10));
    assert_eq!(clock.now().since(start), secs(10) + Duration::from_nanos(1));
    clock.advance_monotonic(secs(20));
    assert_eq!(clock.now().since(start), secs(20) + Duration::from_nanos(1));
    assert_eq!(start.since(clock.now()), Duration::ZERO);
}

#[test]
fn the_system_clock_runs_forward_from_near_zero() {
    let start = SystemClock.now();
    let later = SystemClock.now();
    assert!(later.monotonic >= start.monotonic);
    assert!(later.since(start) < secs(60) && start.wall > SystemTime::UNIX_EPOCH + secs(1_700_000_000));
}

#[tokio::test]
async fn a_recorded_sleep_remembers_and_moves_its_clock() {
    let clock = ManualClock::at(SystemTime::UNIX_EPOCH);
    let sleep = RecordedSleep::advancing(clock.clone());
    let start = clock.now();
    sleep.sleep(secs(3)).await;
    sleep.clone().sleep(secs(4)).await;
    assert_eq!(sleep.asked(), [secs(3), secs(4)]);
    assert_eq!(clock.now().since(start), secs(7));
}

#[tokio::test(start_paused = true)]
async fn a_tokio_sleep_waits_on_tokios_timer() {
    let timeout = tokio::time::timeout(secs(9), TokioSleep.sleep(secs(10)));
    assert!(timeout.await.is_err());
    let timeout = tokio::time::timeout(secs(11), TokioSleep.sleep(secs(10)));
    assert!(timeout.await.is_ok());
}
