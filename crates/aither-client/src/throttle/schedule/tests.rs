//! The schedule's rules one by one, and the pace over random sequences of events.

use proptest::prelude::*;

use super::*;

fn pace(per_minute: u32, burst: u32) -> Pace {
    Pace::new(
        NonZeroU32::new(per_minute).unwrap(),
        NonZeroU32::new(burst).unwrap(),
    )
}

fn own(per_minute: u32, burst: u32) -> Schedule {
    Schedule::new(Some(pace(per_minute, burst)))
}

fn told(remaining: u32, uncounted: u32) -> Told {
    Told {
        interval: Duration::from_millis(960),
        burst: NonZeroU32::new(10).unwrap(),
        remaining,
        uncounted,
    }
}

/// The moments at which `count` callers pass who all come at `now`.
fn pass(schedule: &mut Schedule, mut now: Duration, count: usize) -> Vec<Duration> {
    let mut passed = Vec::new();
    while passed.len() < count {
        match schedule.pass(now) {
            Ok(()) => passed.push(now),
            Err(wait) => now += wait,
        }
    }
    passed
}

fn busiest_minute(places: &[Duration]) -> usize {
    let within = |start: Duration| {
        places
            .iter()
            .filter(|at| **at >= start && **at < start + MINUTE)
            .count()
    };
    places
        .iter()
        .map(|start| within(*start))
        .max()
        .unwrap_or_default()
}

#[test]
fn a_burst_then_even_spacing() {
    let places = pass(&mut own(60, 3), Duration::ZERO, 6);
    assert_eq!(places, [0, 0, 0, 1, 2, 3].map(Duration::from_secs));
}

#[test]
fn ninety_six_in_any_minute_and_ninety_six_a_minute_in_the_long_run() {
    let mut schedule = Schedule::new(Some(Pace::default()));
    let places = pass(&mut schedule, Duration::ZERO, 960);
    assert_eq!(busiest_minute(&places), 96);
    let last = places.last().unwrap();
    assert!(*last < MINUTE * 10, "ten minutes of work took {last:?}");
}

#[test]
fn the_wait_behind_others_is_what_it_then_takes() {
    let mut schedule = own(60, 3);
    let expected: Vec<_> = (0..6)
        .map(|ahead| schedule.wait_behind(Duration::ZERO, ahead))
        .collect();
    assert_eq!(pass(&mut schedule, Duration::ZERO, 6), expected);
}

#[test]
fn after_a_pause_one_passes_and_the_rest_are_spaced() {
    let mut schedule = own(60, 10);
    schedule.pause(Duration::from_secs(5));
    schedule.pause(Duration::from_secs(3));
    let places = pass(&mut schedule, Duration::ZERO, 3);
    assert_eq!(places, [5, 6, 7].map(Duration::from_secs));
}

#[test]
fn without_a_pace_nobody_waits_until_the_server_says_so() {
    let mut schedule = Schedule::new(None);
    assert_eq!(
        pass(&mut schedule, Duration::ZERO, 1_000),
        [Duration::ZERO; 1_000]
    );
    schedule.hear(told(9, 0), Duration::ZERO);
    // A fifth of the burst is left alone, and one of it was taken.
    let places = pass(&mut schedule, Duration::ZERO, 9);
    assert_eq!(places[..7], [Duration::ZERO; 7]);
    assert_eq!(places[7..], [1, 2].map(Duration::from_secs));
}

#[test]
fn what_others_took_is_not_there_for_us() {
    let mut schedule = own(600, 16);
    schedule.hear(told(0, 0), Duration::ZERO);
    let places = pass(&mut schedule, Duration::ZERO, 2);
    assert_eq!(places, [3, 4].map(Duration::from_secs));
}

#[test]
fn a_server_with_room_does_not_speed_us_up() {
    let mut schedule = own(6, 1);
    for _ in 0..3 {
        schedule.hear(told(10, 0), Duration::ZERO);
    }
    let places = pass(&mut schedule, Duration::ZERO, 2);
    assert_eq!(places, [0, 10].map(Duration::from_secs));
}

#[test]
fn a_server_that_has_room_again_is_believed() {
    let mut schedule = Schedule::new(None);
    let slow = Told {
        interval: Duration::from_mins(1),
        ..told(0, 0)
    };
    schedule.hear(slow, Duration::ZERO);
    assert!(schedule.pass(Duration::ZERO).is_err());
    schedule.hear(told(9, 0), Duration::ZERO);
    schedule.pass(Duration::ZERO).unwrap();
}

/// An old answer that comes late knows nothing of those who passed since.
#[test]
fn an_answer_that_comes_late_frees_nothing_that_was_taken_since() {
    let mut schedule = Schedule::new(None);
    schedule.hear(told(9, 0), Duration::ZERO);
    pass(&mut schedule, Duration::ZERO, 7);
    assert!(schedule.pass(Duration::ZERO).is_err());
    schedule.hear(told(9, 7), Duration::ZERO);
    assert!(schedule.pass(Duration::ZERO).is_err());
}

proptest! {
    /// Whoever comes, gives up or is paused: the pace holds.
    #[test]
    fn no_sequence_of_events_breaks_the_pace(
        per_minute in 1_u32..40,
        burst in 1_u32..12,
        events in proptest::collection::vec((0_u64..4_000, 0_u8..10, 0_u32..30), 1..300),
    ) {
        let mut schedule = own(per_minute, burst);
        let (mut now, mut seen, mut passed) = (Duration::ZERO, Duration::ZERO, Vec::new());
        let mut paused = Duration::ZERO;
        for (millis, event, number) in events {
            // Some read the clock before others and come after them.
            let read = if event == 9 { now.saturating_sub(Duration::from_millis(millis)) } else { now };
            match event {
                0 => { paused = paused.max(now + Duration::from_secs(3)); schedule.pause(now + Duration::from_secs(3)); }
                1 => schedule.hear(told(number, number / 2), read),
                _ => {
                    let expected = schedule.wait_behind(read, 0);
                    seen = seen.max(read);
                    match schedule.pass(read) {
                        Ok(()) => {
                            prop_assert!(expected.is_zero() && seen >= paused);
                            passed.push(seen);
                        }
                        Err(wait) => prop_assert_eq!(wait, expected),
                    }
                }
            }
            if event == 1 { seen = seen.max(read); }
            if event != 9 { now += Duration::from_millis(millis); }
        }
        prop_assert!(passed.is_sorted());
        prop_assert!(busiest_minute(&passed) <= usize::try_from(per_minute).unwrap());
        let at_once = passed.chunk_by(|a, b| a == b).map(<[_]>::len).max().unwrap_or(0);
        prop_assert!(at_once <= usize::try_from(burst).unwrap());
    }
}
