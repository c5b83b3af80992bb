//! The rules of the schedule one by one, and the pace under random sequences of events.

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

fn observed(remaining: u32, uncounted: u32) -> Observed {
    Observed {
        interval: Duration::from_millis(960),
        burst: NonZeroU32::new(10).unwrap(),
        remaining,
        uncounted,
    }
}

/// When `count` callers pass that all arrive at `now`.
fn pass(schedule: &mut Schedule, mut now: Duration, count: usize) -> Vec<Duration> {
    let mut passed = Vec::new();
    while passed.len() < count {
        match schedule.pass(now, 1) {
            Ok(()) => passed.push(now),
            Err(wait) => now += wait,
        }
    }
    passed
}

fn busiest_minute(slots: &[Duration]) -> usize {
    let within = |start: Duration| {
        slots
            .iter()
            .filter(|at| **at >= start && **at < start + MINUTE)
            .count()
    };
    slots.iter().map(|start| within(*start)).max().unwrap_or_default()
}

#[test]
fn burst_passes_and_the_rest_is_evenly_spaced() {
    let slots = pass(&mut own(60, 3), Duration::ZERO, 6);
    assert_eq!(slots, [0, 0, 0, 1, 2, 3].map(Duration::from_secs));
}

#[test]
fn default_pace_admits_96_in_any_minute_and_96_a_minute_on_average() {
    let mut schedule = Schedule::new(Some(Pace::default()));
    let slots = pass(&mut schedule, Duration::ZERO, 960);
    assert_eq!(busiest_minute(&slots), 96);
    let last = slots.last().unwrap();
    assert!(*last < MINUTE * 10, "ten minutes of work took {last:?}");
}

#[test]
fn predicted_wait_behind_others_is_the_actual_wait() {
    let mut schedule = own(60, 3);
    let expected: Vec<_> = (0..6)
        .map(|ahead| schedule.wait_behind(Duration::ZERO, ahead, 1))
        .collect();
    assert_eq!(pass(&mut schedule, Duration::ZERO, 6), expected);
}

#[test]
fn after_a_pause_one_passes_and_the_rest_is_spaced() {
    let mut schedule = own(60, 10);
    schedule.pause(Duration::from_secs(5));
    schedule.pause(Duration::from_secs(3));
    let slots = pass(&mut schedule, Duration::ZERO, 3);
    assert_eq!(slots, [5, 6, 7].map(Duration::from_secs));
}

#[test]
fn without_a_pace_callers_wait_only_for_announced_limits() {
    let mut schedule = Schedule::new(None);
    assert_eq!(
        pass(&mut schedule, Duration::ZERO, 1_000),
        [Duration::ZERO; 1_000]
    );
    schedule.observe(observed(9, 0), Duration::ZERO);
    // A fifth of the burst is not used, and one slot of it was taken.
    let slots = pass(&mut schedule, Duration::ZERO, 9);
    assert_eq!(slots[..7], [Duration::ZERO; 7]);
    assert_eq!(slots[7..], [1, 2].map(Duration::from_secs));
}

#[test]
fn requests_of_other_clients_are_counted() {
    let mut schedule = own(600, 16);
    schedule.observe(observed(0, 0), Duration::ZERO);
    let slots = pass(&mut schedule, Duration::ZERO, 2);
    assert_eq!(slots, [3, 4].map(Duration::from_secs));
}

#[test]
fn server_with_room_does_not_raise_the_own_pace() {
    let mut schedule = own(6, 1);
    for _ in 0..3 {
        schedule.observe(observed(10, 0), Duration::ZERO);
    }
    let slots = pass(&mut schedule, Duration::ZERO, 2);
    assert_eq!(slots, [0, 10].map(Duration::from_secs));
}

#[test]
fn server_with_room_again_ends_the_wait() {
    let mut schedule = Schedule::new(None);
    let slow = Observed {
        interval: Duration::from_mins(1),
        ..observed(0, 0)
    };
    schedule.observe(slow, Duration::ZERO);
    assert!(schedule.pass(Duration::ZERO, 1).is_err());
    schedule.observe(observed(9, 0), Duration::ZERO);
    schedule.pass(Duration::ZERO, 1).unwrap();
}

/// An old response that arrives late does not include the callers that have passed since.
#[test]
fn late_response_frees_no_slots_taken_since() {
    let mut schedule = Schedule::new(None);
    schedule.observe(observed(9, 0), Duration::ZERO);
    pass(&mut schedule, Duration::ZERO, 7);
    assert!(schedule.pass(Duration::ZERO, 1).is_err());
    schedule.observe(observed(9, 7), Duration::ZERO);
    assert!(schedule.pass(Duration::ZERO, 1).is_err());
}

proptest! {
    /// Callers arrive, give up and are paused: the pace holds.
    #[test]
    fn no_sequence_of_events_exceeds_the_pace(
        per_minute in 1_u32..40,
        burst in 1_u32..12,
        events in proptest::collection::vec((0_u64..4_000, 0_u8..10, 0_u32..30), 1..300),
    ) {
        let mut schedule = own(per_minute, burst);
        let (mut now, mut latest, mut passed) = (Duration::ZERO, Duration::ZERO, Vec::new());
        let mut paused = Duration::ZERO;
        for (millis, event, number) in events {
            // Some callers read the clock earlier than others and arrive later.
            let read = if event == 9 { now.saturating_sub(Duration::from_millis(millis)) } else { now };
            match event {
                0 => { paused = paused.max(now + Duration::from_secs(3)); schedule.pause(now + Duration::from_secs(3)); }
                1 => schedule.observe(observed(number, number / 2), read),
                _ => {
                    let expected = schedule.wait_behind(read, 0, 1);
                    latest = latest.max(read);
                    match schedule.pass(read, 1) {
                        Ok(()) => {
                            prop_assert!(expected.is_zero() && latest >= paused);
                            passed.push(latest);
                        }
                        Err(wait) => prop_assert_eq!(wait, expected),
                    }
                }
            }
            if event == 1 { latest = latest.max(read); }
            if event != 9 { now += Duration::from_millis(millis); }
        }
        prop_assert!(passed.is_sorted());
        prop_assert!(busiest_minute(&passed) <= usize::try_from(per_minute).unwrap());
        let in_a_row = passed.chunk_by(|a, b| a == b).map(<[_]>::len).max().unwrap_or(0);
        prop_assert!(in_a_row <= usize::try_from(burst).unwrap());
    }
}
