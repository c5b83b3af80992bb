//! The script in a real Redis, over random arrivals on the Redis's clock, compared with the count in memory.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use freshness::ManualClock;
use permissions::Role;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use redis::Connection;
use redis_fixture::RedisServer;

use super::{SCRIPT, decision, micros};
use crate::config::Quota;
use crate::limit::callers::Callers;
use crate::limit::clock::LimitClock;
use crate::limit::cost::Cost;
use crate::limit::rate::Rate;

fn rate(rate: u32, burst: u32, window: Duration) -> Rate {
    let number = |of| NonZeroU32::new(of).unwrap();
    Rate {
        quota: Quota {
            rate: number(rate),
            burst: number(burst),
        },
        window,
    }
}

fn connect(redis: &RedisServer) -> Connection {
    let client = redis::Client::open(redis.url()).unwrap();
    client.get_connection().unwrap()
}

/// One decision with the server's time at which it was made, in microseconds. The cell holds when it will be full, and the
/// answer says how far away that is: their difference is the time. Both come from one transaction, in which time stands.
fn decide(connection: &mut Connection, cell: &str, rate: Rate, cost: Cost) -> ((bool, u64), u64) {
    let (answer, full_at): ((bool, u64), u64) = redis::pipe()
        .atomic()
        .cmd("EVAL")
        .arg(SCRIPT)
        .arg(1)
        .arg(cell)
        .arg(micros(rate.burst_window()))
        .arg(micros(rate.interval() * cost.taken))
        .arg(micros(cost.given_back))
        .get(cell)
        .query(connection)
        .unwrap();
    (answer, full_at - answer.1)
}

/// Round trips take tens of microseconds, and some are spent on another command; the limits forget a request in about as
/// much time.
#[test]
fn the_script_and_the_count_in_memory_decide_the_same() {
    let redis = RedisServer::start().unwrap();
    let rates = (5..=400_u32, 1..=12_u32);
    // A weight of 1 is a request as it begins; a greater one the rest of a request that was counted before.
    let pauses = prop::collection::vec((0..6_u8, 1..=3_u32), 60);
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(40)
    });
    let outcome = runner.run(&(rates, pauses), |((requests, burst), pauses)| {
        redis.flush().unwrap();
        let mut connection = connect(&redis);
        let rate = rate(requests, burst, Duration::from_millis(20));
        let clock = ManualClock::at(SystemTime::UNIX_EPOCH);
        let callers = Callers::new(rate, LimitClock(Arc::new(clock.clone())));
        let key = (Role::ApiClient, Arc::from("user_1"));
        let mut last = None;
        for (pause, weight) in pauses {
            let cost = if weight == 1 {
                Cost::ONE
            } else {
                Cost::rest_of(weight, &rate, Duration::ZERO)
            };
            for _ in 0..pause {
                redis::cmd("PING").exec(&mut connection).unwrap();
            }
            let (answer, now) = decide(&mut connection, "cell", rate, cost);
            clock.advance(Duration::from_micros(now - last.replace(now).unwrap_or(now)));
            prop_assert_eq!(
                decision(rate, cost, answer).unwrap(),
                callers.take(&key, cost).of_store()
            );
        }
        Ok(())
    });
    outcome.unwrap();
}

/// The store's clock was set back, or the cell comes from another store: no caller waits longer than a burst takes.
#[test]
fn a_cell_from_the_future_counts_as_a_full_one() {
    let redis = RedisServer::start().unwrap();
    let mut connection = connect(&redis);
    let rate = rate(100, 20, Duration::from_mins(1));
    // Microseconds of a day in the next century.
    redis::cmd("SET")
        .arg("cell")
        .arg(4_200_000_000_000_000_u64)
        .exec(&mut connection)
        .unwrap();
    let ((is_admitted, taken), _) = decide(&mut connection, "cell", rate, Cost::ONE);
    assert_eq!((is_admitted, taken), (false, 12_000_000));
    let refused = decision(rate, Cost::ONE, (false, taken)).unwrap();
    assert_eq!(refused.retry_in(), Some(Duration::from_millis(600)));
}

/// A cell that holds no number counts as empty; an impossible answer is an error and not a decision.
#[test]
fn invalid_cells_and_answers_are_not_used() {
    let redis = RedisServer::start().unwrap();
    let mut connection = connect(&redis);
    let rate = rate(100, 20, Duration::from_mins(1));
    redis::cmd("SET")
        .arg("cell")
        .arg("nonsense")
        .exec(&mut connection)
        .unwrap();
    let ((is_admitted, taken), _) = decide(&mut connection, "cell", rate, Cost::ONE);
    assert_eq!((is_admitted, taken), (true, 600_000));
    assert!(decision(rate, Cost::ONE, (true, 12_000_001)).is_err());
}
