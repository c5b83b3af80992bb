//! The promises about records when more arrive than can be stored.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use freshness::ManualClock;
use hemera_types::{ErrorCode, Operation, RequestId};
use permissions::Role;
use uuid::Uuid;

use super::class::Class;
use super::countable::countable;
use super::record::Record;
use super::tally::{Noted, SINGLE_RECORDS, Tally};
use super::{Audit, Disclosed, Entry, QueueFull};
use crate::auth::{Caller, CredentialId, Proof};
use crate::config::{Config, Inputs};
use crate::database::Database;
use crate::metrics::AuditMetrics;

/// More records a minute than any of these tests makes, where it is not about the budget.
const BUDGET: usize = 10_000;

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
        permissions_granted: None,
        disclosed: Disclosed::default(),
        trace_id: None,
        security_events: Vec::new(),
        status: ErrorCode::Unauthorized.status(),
        code: Some(ErrorCode::Unauthorized),
        reason: Some("signature"),
        is_unknown: false,
        id: Uuid::new_v4(),
        duration: Duration::from_millis(1),
        item: None,
    }
}

fn proven() -> Entry {
    let caller = Caller {
        subject: "user_service".into(),
        role: Role::ApiClient,
        proof: Proof::TemplateToken,
        credential: CredentialId::default(),
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
        environment_file: None,
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
fn the_first_of_an_address_reason_and_minute_are_kept_and_the_rest_is_one_count() {
    let mut tally = Tally::new(BUDGET);
    let kept = (0..20)
        .filter(|_| tally.note(&from("192.0.2.1", 0), true) == Noted::Singly)
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
fn another_address_reason_or_minute_has_its_own_first_ones() {
    let mut tally = Tally::new(BUDGET);
    for _ in 0..10 {
        tally.note(&from("192.0.2.1", 0), true);
    }
    let mut other_reason = from("192.0.2.1", 0);
    other_reason.reason = Some("expired");

    assert_eq!(tally.note(&from("192.0.2.2", 0), true), Noted::Singly);
    assert_eq!(tally.note(&other_reason, true), Noted::Singly);
    assert_eq!(tally.note(&from("192.0.2.1", 60), true), Noted::Singly);
}

#[test]
fn whoever_has_a_network_of_ipv6_addresses_is_one_caller() {
    let mut tally = Tally::new(BUDGET);
    let kept = (0..20)
        .filter(|host| tally.note(&from(&format!("2001:db8:0:7::{host:x}"), 0), true) == Noted::Singly)
        .count();

    assert_eq!(kept, SINGLE_RECORDS as usize);
    let over = tally.take_before(minute(1));
    assert_eq!(
        counts(&over),
        [(Some("2001:db8:0:7::".parse().unwrap()), 20 - SINGLE_RECORDS)]
    );
}

#[test]
fn many_addresses_together_make_no_more_records_than_the_budget_allows() {
    let mut tally = Tally::new(300);
    let requests = 50_000_u32;
    let kept = (0..requests)
        .filter(|host| {
            let address = IpAddr::from(host.to_be_bytes()).to_string();
            tally.note(&from(&address, 0), true) == Noted::Singly
        })
        .count();

    let over = tally.take_before(minute(1));
    assert_eq!(kept, 300, "each address was seen once");
    assert_eq!(counts(&over), [(None, requests - 300)]);
}

#[test]
fn fifty_users_of_the_instance_make_fewer_than_a_hundred_records_a_minute() {
    let mut tally = Tally::new(50);
    let mut written = 0;
    for number in 0..100_000 {
        let mut record = from("192.0.2.1", 0);
        record.subject = Some(format!("user_{}", number % 50));
        record.reason = Some(if number % 3 == 0 {
            "role_lacks_permission"
        } else {
            "rate"
        });
        written += u32::from(tally.note(&record, true) == Noted::Singly);
    }
    let over = tally.take_before(minute(1));
    let counted: u32 = over.iter().map(|record| record.occurrences).sum();
    assert_eq!(written + counted, 100_000, "every request is in a record");
    assert!(
        written as usize + over.len() < 100,
        "{written} and {}",
        over.len()
    );
}

/// Many callers of each class in one minute: so many records name one of them, and one counts the rest. A flood of one
/// class takes nothing from the others.
#[test]
fn each_class_of_callers_has_a_budget_of_its_own() {
    let clock = Arc::new(ManualClock::at(SystemTime::UNIX_EPOCH));
    let (countable, mut written) = countable(clock);
    for (class, budget) in [
        (Class::Unproven, 300),
        (Class::Outsider, 50),
        (Class::Refused, 300),
    ] {
        let requests = (0..2_000).map(|number| {
            let mut record = from("192.0.2.1", 0);
            record.subject = Some(format!("user_{number}"));
            record
        });
        let records: BTreeSet<Uuid> = requests.map(|record| countable.note(record, class)).collect();
        assert_eq!(records.len(), budget + 1, "{class:?}");
        assert_eq!(written.drain_singles(), budget, "{class:?}");
    }
}

#[test]
fn a_counted_request_is_part_of_the_record_whose_id_it_was_given() {
    let mut tally = Tally::new(BUDGET);
    for _ in 0..SINGLE_RECORDS {
        tally.note(&from("192.0.2.1", 0), true);
    }
    let Noted::Counted(first) = tally.note(&from("192.0.2.1", 0), true) else {
        panic!("the first few are over");
    };
    assert_eq!(tally.note(&from("192.0.2.1", 0), true), Noted::Counted(first));
    let over = tally.take_before(minute(1));
    assert_eq!(over.iter().map(|record| record.id).collect::<Vec<_>>(), [first]);
}

#[test]
fn what_finds_no_place_among_the_single_ones_is_counted() {
    let mut tally = Tally::new(BUDGET);
    assert!(matches!(
        tally.note(&from("192.0.2.1", 0), false),
        Noted::Counted(_)
    ));

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
