//! The promises about records when more arrive than can be stored.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use freshness::ManualClock;
use hemera_types::{ErrorCode, Operation, RequestId};
use permissions::Role;

use super::record::Record;
use super::tally::{MOST_COUNTS, SINGLE_RECORDS, Tally};
use super::{Audit, Entry, QueueFull};
use crate::auth::{Caller, Proof};
use crate::config::{Config, Inputs};
use crate::database::Database;
use crate::metrics::AuditMetrics;

/// An hour at whose start a minute begins.
const HOUR: u64 = 1_790_000_000 / 3600 * 3600;

fn entry(caller: Option<Caller>, second: u64) -> Entry {
    Entry {
        at: SystemTime::UNIX_EPOCH + Duration::from_secs(HOUR + second),
        request_id: RequestId::random(),
        client_address: None,
        user_agent: None,
        operation: Some(Operation::ListCourses),
        resource: None,
        caller,
        status: ErrorCode::Unauthorized.status(),
        code: Some(ErrorCode::Unauthorized),
        reason: Some("signature"),
        duration: Duration::from_millis(1),
    }
}

fn proven() -> Entry {
    let caller = Caller {
        subject: "user_service".into(),
        role: Role::ApiClient,
        proof: Proof::TemplateToken,
    };
    entry(Some(caller), 0)
}

fn from(address: &str, second: u64) -> Record {
    let mut record = Record::from(entry(None, second));
    record.client_address = Some(address.parse().unwrap());
    record
}

/// A database that does not answer.
fn unreachable() -> Database {
    let settings = [
        ("DATABASE_URL", "postgres://hemera@127.0.0.1:1/nothing"),
        ("CLERK_SECRET_KEY", "sk_test_unused"),
        ("CLERK_ISSUER", "https://clerk.test"),
    ];
    let environment = settings.map(|(name, value)| (name.into(), value.into())).into();
    let inputs = Inputs {
        environment,
        file: None,
    };
    Database::new(&Config::load(&inputs).unwrap().database, Duration::from_secs(15))
}

fn counts(records: &[Record]) -> Vec<(Option<IpAddr>, u32)> {
    records
        .iter()
        .map(|record| (record.client_address, record.occurrences))
        .collect()
}

#[test]
fn the_first_of_an_address_reason_and_minute_get_records_and_the_rest_one_count() {
    let mut tally = Tally::default();
    let kept = (0..20)
        .filter(|_| tally.note(&from("192.0.2.1", 0), true))
        .count();

    assert_eq!(kept, SINGLE_RECORDS as usize);
    assert!(
        tally.take_before(minute(0)).is_empty(),
        "the minute is not over: its count may grow"
    );
    let over = tally.take_before(minute(1));
    assert_eq!(
        counts(&over),
        [(Some("192.0.2.1".parse().unwrap()), 20 - SINGLE_RECORDS)]
    );
    assert!(tally.take_before(minute(1)).is_empty(), "a count is written once");
}

#[test]
fn another_address_reason_or_minute_gets_single_records_of_its_own() {
    let mut tally = Tally::default();
    for _ in 0..10 {
        tally.note(&from("192.0.2.1", 0), true);
    }
    let mut other_reason = from("192.0.2.1", 0);
    other_reason.reason = Some("expired");

    assert!(tally.note(&from("192.0.2.2", 0), true));
    assert!(tally.note(&other_reason, true));
    assert!(tally.note(&from("192.0.2.1", 60), true));
}

#[test]
fn addresses_of_one_ipv6_network_are_counted_together() {
    let mut tally = Tally::default();
    let kept = (0..20)
        .filter(|host| tally.note(&from(&format!("2001:db8:0:7::{host:x}"), 0), true))
        .count();

    assert_eq!(kept, SINGLE_RECORDS as usize);
    let over = tally.take_before(minute(1));
    assert_eq!(
        counts(&over),
        [(Some("2001:db8:0:7::".parse().unwrap()), 20 - SINGLE_RECORDS)]
    );
}

#[test]
fn addresses_beyond_the_memory_bound_are_counted_without_their_address() {
    let mut tally = Tally::default();
    let requests = u32::try_from(MOST_COUNTS).unwrap() + 5_000;
    let kept = (0..requests)
        .filter(|host| tally.note(&from(&IpAddr::from(host.to_be_bytes()).to_string(), 0), true))
        .count();

    let over = tally.take_before(minute(1));
    let counted: u32 = over.iter().map(|record| record.occurrences).sum();
    assert_eq!(kept, MOST_COUNTS, "each address was seen once");
    assert_eq!(counts(&over), [(None, 5_000)]);
    assert_eq!(u32::try_from(kept).unwrap() + counted, requests);
}

#[test]
fn a_request_is_counted_if_the_queue_is_full() {
    let mut tally = Tally::default();
    assert!(!tally.note(&from("192.0.2.1", 0), false));

    assert_eq!(
        counts(&tally.take_before(minute(1))),
        [(Some("192.0.2.1".parse().unwrap()), 1)]
    );
}

#[tokio::test]
async fn without_a_database_the_queue_fills_and_every_record_ends_in_the_log() {
    let clock = Arc::new(ManualClock::at(SystemTime::UNIX_EPOCH));
    let (audit, tasks) = Audit::start(
        &unreachable(),
        clock,
        Duration::from_millis(20),
        AuditMetrics::default(),
    );

    let mut taken = 0;
    while audit.record(proven()).await.is_ok() {
        taken += 1;
        assert!(taken < 10_000, "the queue has no end");
    }
    assert!(taken >= 1024, "{taken} is a short queue");
    assert_eq!(
        audit.record(proven()).await,
        Err(QueueFull),
        "no place, no answer"
    );

    assert_eq!(
        tasks.finish(tokio::time::sleep(Duration::from_millis(20))).await,
        taken,
        "each of them is in the log, none twice"
    );
}

#[tokio::test]
async fn unauthenticated_requests_do_not_wait_for_the_database() {
    let clock = Arc::new(ManualClock::at(SystemTime::UNIX_EPOCH));
    let (audit, tasks) = Audit::start(&unreachable(), clock, Duration::ZERO, AuditMetrics::default());
    for second in 0..5_000 {
        audit.note_unproven(entry(None, second));
    }

    let lost = tasks.finish(tokio::time::sleep(Duration::from_millis(20))).await;
    // 84 minutes, of each the first few singly where there was room, and one count.
    assert!((84..=84 * 6 + 84).contains(&lost), "{lost}");
}

#[tokio::test]
async fn a_finished_audit_log_takes_no_records() {
    let clock = Arc::new(ManualClock::at(SystemTime::UNIX_EPOCH));
    let (audit, tasks) = Audit::start(
        &unreachable(),
        clock,
        Duration::from_mins(1),
        AuditMetrics::default(),
    );
    assert_eq!(tasks.finish(std::future::pending()).await, 0);

    assert_eq!(audit.record(proven()).await, Err(QueueFull));
}

fn minute(number: i64) -> i64 {
    i64::try_from(HOUR / 60).unwrap() + number
}
