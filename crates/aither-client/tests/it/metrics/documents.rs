//! `docs/client-metrics.md` is what is exported: no metric more, none less, of that type, with those labels and words.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::time::{Duration, SystemTime};

use aither_client::{CircuitPolicy, SecretString, Token, TokenError, TokenFuture, TokenSource};

use super::{read, registry_of};
use crate::support::{Bench, Reply, Server, client_of, list};

const DOCUMENT: &str = include_str!("../../../docs/client-metrics.md");

/// Name, type and labels of each row.
fn documented() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let rows = DOCUMENT
        .lines()
        .filter(|line| line.starts_with("| `aither_client_") && line.matches(" | ").count() == 4);
    rows.map(|row| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [name, kind, labels, meaning, remedy] = cells[..] else {
            panic!("not five cells: {row}")
        };
        assert!(meaning.len() > 10 && remedy.len() > 3, "{row}");
        let name = name.trim_start_matches("| ").trim_matches('`');
        let labels = labels.split('`').skip(1).step_by(2).map(str::to_owned);
        (name.to_owned(), (kind.to_owned(), labels.collect()))
    })
    .collect()
}

/// The words in the first column of the table below this heading.
pub(super) fn words_below(heading: &str) -> BTreeSet<&'static str> {
    let (_, below) = DOCUMENT.split_once(&format!("\n## {heading}\n")).unwrap();
    let table = below.split("\n## ").next().unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap()).collect()
}

/// Tokens of an enrolled session.
#[derive(Debug)]
struct Enrolled;

impl TokenSource for Enrolled {
    fn token(&self) -> TokenFuture<'_> {
        let token = Token::bearer(&SecretString::from("a.b.c"), Duration::from_mins(15));
        Box::pin(std::future::ready(token.map_err(TokenError::permanent)))
    }

    fn enrolment_ends_at(&self) -> Option<SystemTime> {
        Some(SystemTime::UNIX_EPOCH + Duration::from_hours(500_000))
    }
}

/// A response with everything that a client notes.
fn noted() -> Reply {
    Reply::courses()
        .with_header("etag", "\"1\"")
        .with_header("x-ratelimit-limit", "100")
        .with_header("x-ratelimit-remaining", "19")
        .with_header("x-ratelimit-reset", "1773576000")
}

#[tokio::test]
async fn each_metric_is_documented_and_each_documented_metric_is_exported() {
    let script = [Reply::unavailable(), noted()];
    let bench = Bench::new(Server::script(script).await);
    let first_failure = CircuitPolicy::new(NonZeroU32::MIN, Duration::from_secs(1), Duration::from_secs(9));
    let client = client_of(&bench.server, Enrolled, &bench.clock, &bench.sleep)
        .with_circuit(first_failure)
        .build()
        .unwrap();
    list(&client).await.unwrap();
    let exported = read(&registry_of(&client)).families();
    let documented = documented();
    for (name, kind) in &exported {
        assert_eq!(
            documented.get(name),
            Some(kind),
            "{name} in docs/client-metrics.md"
        );
    }
    for name in documented.keys() {
        assert!(
            exported.contains_key(name),
            "{name} is documented, but not exported"
        );
    }
}

/// Names end as Prometheus expects, and a new label is a question: are its values bounded?
#[test]
fn names_follow_the_conventions() {
    let bounded = [
        "version",
        "operation",
        "outcome",
        "result",
        "wait",
        "reason",
        "state",
        "change",
    ];
    for (name, (kind, labels)) in documented() {
        assert_eq!(name.ends_with("_total"), kind == "counter", "{name}");
        assert_eq!(name.ends_with("_info"), kind == "info", "{name}");
        if kind == "histogram" {
            assert!(name.ends_with("_seconds"), "{name}");
        }
        for label in labels {
            assert!(
                bounded.contains(&&*label),
                "{label} of {name}: are its values bounded?"
            );
        }
    }
}

/// For the rustdoc, where it is shown as a module.
#[test]
fn page_of_the_figures_has_no_links_to_files() {
    for target in DOCUMENT.split("](").skip(1) {
        assert!(
            target.starts_with("https://") || target.starts_with('#'),
            "{target}"
        );
    }
}
