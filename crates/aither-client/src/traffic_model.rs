//! Gate, circuit and retry budget as pure values, driven by random schedules against models of their own.

use std::num::NonZeroU32;
use std::time::Duration;

use proptest::prelude::*;

use crate::circuit::CircuitPolicy;
use crate::circuit::breaker::{Breaker, Change, Outcome, Permit};
use crate::retry::token_bucket::TokenBucket;
use crate::throttle::schedule::{Observed, Schedule};

/// The server's limiter, written anew: GCRA in whole nanoseconds.
struct Server {
    interval: u64,
    burst: u32,
    arrival: u64,
}

impl Server {
    /// What remains after a request at `now`, or that it was refused.
    fn admit(&mut self, now: u64) -> Option<u32> {
        let arrival = self.arrival.max(now) + self.interval;
        let room = self.interval * u64::from(self.burst);
        if arrival - now > room {
            return None;
        }
        self.arrival = arrival;
        u32::try_from((room - (arrival - now)) / self.interval).ok()
    }
}

/// An attempt under way: the server has answered it, and the answer has not come yet.
struct UnderWay {
    ended_before: u64,
    remaining: u32,
}

/// A client that has nothing but the answers to go by, of a server that counts as requests are sent.
struct Client {
    schedule: Schedule,
    begun: u64,
    ended: u64,
}

impl Client {
    fn hear(&mut self, answer: &UnderWay, server: &Server, now: u64) {
        let observed = Observed {
            interval: Duration::from_nanos(server.interval),
            burst: NonZeroU32::new(server.burst).unwrap(),
            remaining: answer.remaining,
            uncounted: u32::try_from(self.begun - answer.ended_before - 1).unwrap(),
        };
        self.schedule.observe(observed, Duration::from_nanos(now));
        self.ended += 1;
    }

    fn send(&mut self, server: &mut Server, now: u64) -> Option<UnderWay> {
        self.schedule.pass(Duration::from_nanos(now)).ok()?;
        self.begun += 1;
        let remaining = server.admit(now);
        Some(UnderWay {
            ended_before: self.ended,
            remaining: remaining.expect("a client that goes by the answers is never refused"),
        })
    }
}

proptest! {
    /// Answers may come as late as they like and in any order.
    #[test]
    fn whoever_goes_by_the_answers_is_never_refused(
        interval in 1_000_u64..5_000_000_000,
        burst in 1_u32..40,
        events in proptest::collection::vec((0_u64..200, 0_u8..3, any::<prop::sample::Index>()), 1..400),
    ) {
        let mut server = Server { interval, burst, arrival: 0 };
        let mut client = Client { schedule: Schedule::new(None), begun: 0, ended: 0 };
        let mut now = 0;
        // The first answer tells.
        let first = client.send(&mut server, now).unwrap();
        client.hear(&first, &server, now);
        let mut under_way = Vec::new();
        let mut sent = 0_u32;
        for (advance, event, which) in events {
            now += advance * interval / 100;
            if event == 0 && !under_way.is_empty() {
                let answer = under_way.swap_remove(which.index(under_way.len()));
                client.hear(&answer, &server, now);
            } else if let Some(attempt) = client.send(&mut server, now) {
                under_way.push(attempt);
                sent += 1;
            }
        }
        // Nor is it a client that never asks: what has come back meanwhile is used.
        let patience = Duration::from_nanos(server.interval).saturating_mul(3);
        for answer in under_way {
            client.hear(&answer, &server, now);
        }
        let wait = client.schedule.wait_behind(Duration::from_nanos(now), 0);
        prop_assert!(sent > 0 || wait <= patience, "{wait:?}");
    }

    /// Callers come, wait, give up, and read the clock out of order: one probe at a time, none before its time, and
    /// an answer in the end lets everybody through.
    #[test]
    fn an_open_circuit_lets_one_probe_through_and_no_more(
        failures in 1_u32..6,
        events in proptest::collection::vec((0_u64..3_000, 0_u64..500, 0_u8..8, any::<prop::sample::Index>()), 1..300),
    ) {
        let policy = CircuitPolicy::new(
            NonZeroU32::new(failures).unwrap(),
            Duration::from_secs(1),
            Duration::from_secs(8),
        );
        let mut breaker = Breaker::new(Some(policy));
        let (mut now, mut seen) = (Duration::ZERO, Duration::ZERO);
        let mut under_way: Vec<Permit> = Vec::new();
        let (mut opens_at, mut probe) = (None, None);
        for (advance, late, event, which) in events {
            now += Duration::from_millis(advance);
            let read = now.saturating_sub(Duration::from_millis(late));
            seen = seen.max(read);
            if event < 4 || under_way.is_empty() {
                let entered = breaker.acquire(read);
                match (opens_at, probe) {
                    (Some(at), None) => prop_assert_eq!(entered.is_ok(), seen >= at),
                    (Some(_), Some(_)) => prop_assert!(entered.is_err(), "a second probe"),
                    (None, _) => prop_assert!(entered.is_ok(), "closed"),
                }
                if let Ok(permit) = entered {
                    if opens_at.is_some() { probe = Some(permit); }
                    under_way.push(permit);
                }
            } else {
                let permit = under_way.swap_remove(which.index(under_way.len()));
                let outcome = match event { 4 => Outcome::Answered, 5 => Outcome::Unknown, _ => Outcome::Failed(None) };
                let is_probe = probe == Some(permit);
                match breaker.record(permit, outcome, read) {
                    Some(Change::Opened { pause, .. } | Change::ProbeFailed { pause }) => {
                        prop_assert!(pause >= Duration::from_secs(1) && pause <= Duration::from_secs(8));
                        opens_at = Some(seen + pause);
                        probe = None;
                    }
                    Some(Change::Closed) => {
                        prop_assert!(is_probe && outcome == Outcome::Answered);
                        (opens_at, probe) = (None, None);
                    }
                    None if is_probe => {
                        prop_assert_eq!(outcome, Outcome::Unknown);
                        probe = None;
                        opens_at = Some(seen);
                    }
                    None => {}
                }
            }
        }
        for permit in under_way {
            breaker.record(permit, Outcome::Answered, now);
        }
        now += Duration::from_secs(8);
        if let Ok(permit) = breaker.acquire(now) {
            breaker.record(permit, Outcome::Answered, now);
        }
        prop_assert!(breaker.is_closed());
    }

    /// In any time: the reserve, as many again a minute, and the share of the calls.
    #[test]
    fn retries_stay_within_their_budget(
        percent in 0_u32..100,
        reserve in 1_u32..30,
        events in proptest::collection::vec((0_u64..4_000, 0_u64..500, 0_u8..4), 1..400),
    ) {
        let mut bucket = TokenBucket::new(percent, NonZeroU32::new(reserve).unwrap());
        let (mut now, mut calls, mut spends) = (0, 0, Vec::new());
        for (advance, late, event) in events {
            now += advance;
            if event == 0 {
                calls += 1;
                bucket.deposit();
                continue;
            }
            if bucket.withdraw(Duration::from_millis(now.saturating_sub(late))) {
                spends.push((now, calls));
            }
        }
        for (index, (from, calls_before)) in spends.iter().enumerate() {
            for (count, (to, calls_then)) in (1_u64..).zip(&spends[index..]) {
                // In hundredths of a retry; half a second more, by which a reading may be late.
                let by_time = u64::from(reserve) * 100 * (to - from + 500) / 60_000 + 1;
                let by_calls = u64::from(percent) * (calls_then - calls_before);
                prop_assert!(count * 100 <= u64::from(reserve) * 100 + by_time + by_calls);
            }
        }
    }
}
