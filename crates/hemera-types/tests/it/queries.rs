//! Query strings are read as strictly as the contract says.

use hemera_types::{CourseLevel, CourseQuery, QueryPairs, Timestamp, UsageQuery};
use proptest::prelude::*;

fn pairs(pairs: &[(&str, &str)]) -> QueryPairs {
    QueryPairs::new(
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    )
}

fn faults(given: &[(&str, &str)]) -> Vec<String> {
    let faults = CourseQuery::parse(pairs(given)).unwrap_err();
    faults
        .fields
        .into_iter()
        .map(|fault| format!("{} {}", fault.field, fault.message))
        .collect()
}

#[test]
fn empty_query_is_the_default() {
    let query = CourseQuery::parse(pairs(&[])).unwrap();
    assert_eq!(query, CourseQuery::default());
    assert!(query.published);
    assert_eq!((query.limit, query.offset), (100, 0));
    assert!(query.to_pairs().is_empty());
}

#[test]
fn limits_are_inclusive() {
    for (name, good, bad) in [
        ("limit", ["1", "500"], ["0", "501"]),
        ("offset", ["0", "1000000"], ["-1", "1000001"]),
    ] {
        for value in good {
            assert!(
                CourseQuery::parse(pairs(&[(name, value)])).is_ok(),
                "{name}={value}"
            );
        }
        for value in bad {
            assert!(
                CourseQuery::parse(pairs(&[(name, value)])).is_err(),
                "{name}={value}"
            );
        }
    }
}

#[test]
fn only_digits_are_a_number() {
    for value in [
        "",
        " 5",
        "+5",
        "5 ",
        "1.5",
        "1e2",
        "0x10",
        "٣",
        "99999999999999999999",
        "null",
    ] {
        assert_eq!(
            faults(&[("limit", value)]),
            ["limit must be a whole number from 1 to 500"],
            "{value:?}"
        );
    }
}

#[test]
fn every_fault_of_a_query_is_named() {
    let faults = faults(&[
        ("level", "beginner"),
        ("published", "yes"),
        ("startsFrom", "2026-03-15"),
        ("limit", "5"),
        ("limit", "5"),
        ("sort", "title"),
        ("sort", "id"),
    ]);
    insta::assert_json_snapshot!("faulty_parameters", faults);
}

#[test]
fn usage_looks_back_between_one_and_ninety_days() {
    assert_eq!(UsageQuery::parse(pairs(&[])).unwrap().days, 7);
    for (value, good) in [
        ("1", true),
        ("90", true),
        ("0", false),
        ("91", false),
        ("7d", false),
    ] {
        assert_eq!(
            UsageQuery::parse(pairs(&[("days", value)])).is_ok(),
            good,
            "{value}"
        );
    }
}

proptest! {
    #[test]
    fn server_reads_the_query_that_the_client_writes(
        level in prop::option::of(prop::sample::select(vec![CourseLevel::Beginner, CourseLevel::Advanced])),
        published in any::<bool>(),
        since in prop::option::of(0_i64..4_000_000_000),
        limit in 1_u32..=500,
        offset in 0_u32..=1_000_000,
    ) {
        let updated_since = since.map(|seconds| {
            Timestamp::from(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds.unsigned_abs()))
        });
        let query = CourseQuery { level, published, updated_since, limit, offset, ..CourseQuery::default() };
        let sent = query.to_pairs().into_iter().map(|(name, value)| (name.to_owned(), value));
        prop_assert_eq!(CourseQuery::parse(QueryPairs::new(sent)).unwrap(), query);
    }
}
