//! The plan of places behind the gate: pure arithmetic on monotonic time, no waiting, no clock.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::Pace;

const MINUTE: Duration = Duration::from_mins(1);

/// Which moments are taken, and which is next.
///
/// Two rules, both kept: the generic cell rate algorithm spaces attempts evenly after a burst, and a
/// record of the last `per_minute` places keeps any 60 seconds within the pace (GCRA alone lets
/// `per_minute + burst` into the first minute, which a server with fixed windows would refuse).
#[derive(Debug)]
pub(super) struct Schedule {
    pace: Pace,
    /// GCRA's theoretical arrival time.
    arrival: Duration,
    /// The newest places, in order, at most `per_minute` of them.
    places: VecDeque<Duration>,
    /// Places still to come whose callers went away, with how often each.
    returned: BTreeMap<Duration, u32>,
    paused_until: Duration,
    /// The latest moment that anybody came with. Callers read the clock before they come here, so one
    /// may come with an earlier moment than the one before; time goes on from this one all the same.
    seen: Duration,
}

impl Schedule {
    pub(super) fn new(pace: Pace) -> Self {
        Self {
            pace,
            arrival: Duration::ZERO,
            places: VecDeque::new(),
            returned: BTreeMap::new(),
            paused_until: Duration::ZERO,
            seen: Duration::ZERO,
        }
    }

    /// Takes the next place if it is no later than `patience` from now, else says how far it is.
    pub(super) fn reserve(&mut self, now: Duration, patience: Duration) -> Result<Duration, Duration> {
        self.seen = self.seen.max(now);
        let now = self.seen;
        self.forget_missed(now);
        let again = self.returned.first_key_value().map(|(at, _)| *at);
        let at = again.unwrap_or_else(|| self.next(now));
        let wait = at.saturating_sub(now);
        if wait > patience {
            return Err(wait);
        }
        if again.is_some() {
            self.unreturn(at);
        } else {
            self.arrival = self.arrival.max(at).saturating_add(self.interval());
            if self.places.len() == self.capacity() {
                self.places.pop_front();
            }
            self.places.push_back(at);
        }
        Ok(at)
    }

    /// Makes a place that was not used available to others, or forgets it when it is past.
    pub(super) fn give_back(&mut self, at: Duration, now: Duration) {
        self.seen = self.seen.max(now);
        *self.returned.entry(at).or_default() += 1;
        self.forget_missed(self.seen);
    }

    /// No place before `until`, and no burst right after it: a server that said "wait" has room for
    /// one when the wait is over, not for many.
    pub(super) fn pause(&mut self, until: Duration) {
        if until > self.paused_until {
            self.paused_until = until;
            self.arrival = self.arrival.max(until.saturating_add(self.tolerance()));
        }
    }

    pub(super) fn is_paused_at(&self, at: Duration) -> bool {
        at < self.paused_until
    }

    /// The earliest new place: every bound here only ever grows, so places come out in order.
    fn next(&self, now: Duration) -> Duration {
        let by_rate = self.arrival.saturating_sub(self.tolerance());
        let by_minute = match self.places.front() {
            Some(oldest) if self.places.len() == self.capacity() => oldest.saturating_add(MINUTE),
            _ => Duration::ZERO,
        };
        let in_order = self.places.back().copied().unwrap_or_default();
        now.max(self.paused_until)
            .max(by_rate)
            .max(by_minute)
            .max(in_order)
    }

    /// Returned places that came up unused, or that a pause covers, admit nobody any more.
    fn forget_missed(&mut self, now: Duration) {
        let earliest = now.max(self.paused_until);
        while let Some((&at, _)) = self.returned.first_key_value().filter(|(at, _)| **at < earliest) {
            self.unreturn(at);
            if let Ok(index) = self.places.binary_search(&at) {
                self.places.remove(index);
            }
        }
    }

    fn unreturn(&mut self, at: Duration) {
        if let Some(count) = self.returned.get_mut(&at) {
            *count -= 1;
            if *count == 0 {
                self.returned.remove(&at);
            }
        }
    }

    fn capacity(&self) -> usize {
        usize::try_from(self.pace.per_minute.get()).unwrap_or(usize::MAX)
    }

    fn interval(&self) -> Duration {
        MINUTE / self.pace.per_minute.get()
    }

    fn tolerance(&self) -> Duration {
        self.interval().saturating_mul(self.pace.burst.get() - 1)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use proptest::prelude::*;

    use super::*;

    const PATIENT: Duration = Duration::MAX;

    fn pace(per_minute: u32, burst: u32) -> Pace {
        Pace::new(
            NonZeroU32::new(per_minute).unwrap(),
            NonZeroU32::new(burst).unwrap(),
        )
    }

    fn take(schedule: &mut Schedule, now: Duration, count: usize) -> Vec<Duration> {
        (0..count)
            .map(|_| schedule.reserve(now, PATIENT).unwrap())
            .collect()
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
        let mut schedule = Schedule::new(pace(60, 3));
        let places = take(&mut schedule, Duration::ZERO, 6);
        assert_eq!(places, [0, 0, 0, 1, 2, 3].map(Duration::from_secs));
    }

    #[test]
    fn ninety_six_in_any_minute_and_ninety_six_a_minute_in_the_long_run() {
        let mut schedule = Schedule::new(Pace::default());
        let places = take(&mut schedule, Duration::ZERO, 960);
        assert_eq!(busiest_minute(&places), 96);
        let last = places.last().unwrap();
        assert!(*last < MINUTE * 10, "ten minutes of work took {last:?}");
    }

    #[test]
    fn an_impatient_caller_takes_no_place() {
        let mut schedule = Schedule::new(pace(60, 1));
        take(&mut schedule, Duration::ZERO, 1);
        let second = Duration::from_secs(1);
        assert_eq!(
            schedule.reserve(Duration::ZERO, Duration::from_millis(999)),
            Err(second)
        );
        assert_eq!(schedule.reserve(Duration::ZERO, second), Ok(second));
    }

    #[test]
    fn a_place_given_back_in_time_goes_to_the_next_caller() {
        let mut schedule = Schedule::new(pace(60, 1));
        take(&mut schedule, Duration::ZERO, 4);
        schedule.give_back(Duration::from_secs(2), Duration::ZERO);
        let places = take(&mut schedule, Duration::ZERO, 2);
        assert_eq!(places, [2, 4].map(Duration::from_secs));
    }

    #[test]
    fn a_place_given_back_too_late_is_lost_but_costs_nobody_a_minute() {
        let mut schedule = Schedule::new(pace(2, 2));
        take(&mut schedule, Duration::ZERO, 2);
        let now = Duration::from_secs(31);
        schedule.give_back(Duration::ZERO, now);
        assert_eq!(schedule.reserve(now, PATIENT), Ok(now));
    }

    #[test]
    fn after_a_pause_one_passes_and_the_rest_are_spaced() {
        let mut schedule = Schedule::new(pace(60, 10));
        schedule.pause(Duration::from_secs(5));
        schedule.pause(Duration::from_secs(3));
        let places = take(&mut schedule, Duration::ZERO, 3);
        assert_eq!(places, [5, 6, 7].map(Duration::from_secs));
    }

    #[test]
    fn a_pause_covers_places_that_were_already_promised() {
        let mut schedule = Schedule::new(pace(60, 1));
        let places = take(&mut schedule, Duration::ZERO, 3);
        schedule.pause(Duration::from_secs(2));
        assert_eq!(
            places
                .iter()
                .map(|at| schedule.is_paused_at(*at))
                .collect::<Vec<_>>(),
            [true, true, false]
        );
    }

    proptest! {
        /// Whoever comes, goes away or is paused: the pace holds over what was really used.
        #[test]
        fn no_sequence_of_events_breaks_the_pace(
            per_minute in 1_u32..40,
            burst in 1_u32..12,
            events in proptest::collection::vec((0_u64..4_000, 0_u8..10), 1..200),
        ) {
            let mut schedule = Schedule::new(pace(per_minute, burst));
            let (mut now, mut used, mut paused) = (Duration::ZERO, Vec::new(), Duration::ZERO);
            for (advance, event) in events {
                now += Duration::from_millis(advance);
                match event {
                    0 => { paused = now + Duration::from_secs(3); schedule.pause(paused); }
                    1..=3 => {
                        let at = schedule.reserve(now, PATIENT).unwrap();
                        schedule.give_back(at, now + Duration::from_millis(advance / 2));
                    }
                    _ => {
                        let at = schedule.reserve(now, PATIENT).unwrap();
                        prop_assert!(at >= now && at >= paused);
                        used.push(at);
                    }
                }
            }
            used.sort_unstable();
            prop_assert!(busiest_minute(&used) <= usize::try_from(per_minute).unwrap());
            let at_once = used.chunk_by(|a, b| a == b).map(<[_]>::len).max().unwrap_or(0);
            prop_assert!(at_once <= usize::try_from(burst).unwrap());
        }
    }
}
