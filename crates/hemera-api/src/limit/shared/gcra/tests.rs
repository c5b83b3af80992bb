//! The script in a real Redis, over random arrivals on its own clock, against the count in memory.

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
fn decide(connection: &mut Connection, cell: &str, rate: Rate) -> ((bool, u64), u64) {
    let (answer, full_at): ((bool, u64), u64) = redis::pipe()
        .atomic()
        .cmd("EVAL")
        .arg(SCRIPT)
        .arg(1)
        .arg(cell)
        .arg(micros(rate.interval()))
        .arg(micros(rate.burst_window()))
        .get(cell)
        .query(connection)
        .unwrap();
    (answer, full_at - answer.1)
}

/// Arrivals as they come: round trips of tens of microseconds, some of them spent on something else, with limits that
/// forget a request in about as much time.
#[test]
fn the_script_decides_as_the_count_in_memory_does() {
    let redis = RedisServer::start().unwrap();
    let rates = (5..=400_u32, 1..=12_u32);
    let pauses = prop::collection::vec(0..6_u8, 60);
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
        for pause in pauses {
            for _ in 0..pause {
                redis::cmd("PING").exec(&mut connection).unwrap();
            }
            let (answer, now) = decide(&mut connection, "cell", rate);
            clock.advance(Duration::from_micros(now - last.replace(now).unwrap_or(now)));
            prop_assert_eq!(decision(rate, answer).unwrap(), callers.check(&key));
        }
        Ok(())
    });
    outcome.unwrap();
}

/// The clock of the store was set back, or it is another store's: nobody is shut out for longer than a burst takes.
#[test]
fn a_cell_from_the_future_is_no_more_than_a_full_one() {
    let redis = RedisServer::start().unwrap();
    let mut connection = connect(&redis);
    let rate = rate(100, 20, Duration::from_mins(1));
    // Microseconds of a day in the next century.
    redis::cmd("SET")
        .arg("cell")
        .arg(4_200_000_000_000_000_u64)
        .exec(&mut connection)
        .unwrap();
    let ((is_admitted, taken), _) = decide(&mut connection, "cell", rate);
    assert_eq!((is_admitted, taken), (false, 12_000_000));
    let refused = decision(rate, (false, taken)).unwrap();
    assert_eq!(refused.retry_in(), Some(Duration::from_millis(600)));
}

/// What is no number of ours is as good as nothing; what cannot be is an error and not a decision.
#[test]
fn nonsense_is_not_believed() {
    let redis = RedisServer::start().unwrap();
    let mut connection = connect(&redis);
    let rate = rate(100, 20, Duration::from_mins(1));
    redis::cmd("SET")
        .arg("cell")
        .arg("nonsense")
        .exec(&mut connection)
        .unwrap();
    let ((is_admitted, taken), _) = decide(&mut connection, "cell", rate);
    assert_eq!((is_admitted, taken), (true, 600_000));
    assert!(decision(rate, (true, 12_000_001)).is_err());
}
