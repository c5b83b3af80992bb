//! The table in `docs/operations.md` is what is exported: no metric more, none less, of that type and with those labels.

use std::collections::{BTreeMap, BTreeSet};

use clerk_emulator::{Effect, Fault};

use super::{COURSES, KEY, ask, courses, results, served};

const DOCUMENT: &str = include_str!("../../../../../docs/operations.md");

/// Name, type and labels of each row.
fn documented() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let ours = |line: &&str| line.starts_with("| `hemera_") || line.starts_with("| `process_");
    let rows = DOCUMENT.lines().filter(ours);
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

#[tokio::test]
async fn each_metric_is_documented_and_each_documented_metric_is_exported() {
    let server = served(&[("HEMERA_SERVICE_KEYS__ROLLBACK__EXPIRES", "2027-01-31T00:00:00Z")]).await;
    courses(&server, &server.token).await.assert_status(200);
    courses(&server, "not.a.token").await.assert_status(401);
    ask(&server, "GET", COURSES, &[KEY]).await.assert_status(200);
    results(
        &server,
        r#"{"updates":[{"participationId":"part_1","complete":true}]}"#,
    )
    .await
    .assert_status(200);
    server
        .clerk
        .add_fault(Fault::new("/v1/users/*", Effect::Status(503)));
    server.advance(std::time::Duration::from_mins(7));
    courses(&server, &server.token).await.assert_status(503);

    let exported = server.scrape().await.families();
    let documented = documented();
    for (name, kind) in &exported {
        assert_eq!(documented.get(name), Some(kind), "{name} in docs/operations.md");
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
fn the_names_follow_the_conventions() {
    for (name, (kind, labels)) in documented() {
        assert_eq!(name.ends_with("_total"), kind == "counter", "{name}");
        assert_eq!(name.ends_with("_info"), kind == "info", "{name}");
        let bounded = [
            "operation",
            "method",
            "status",
            "status_class",
            "reason",
            "proof",
            "role",
            "sent_as",
            "event",
            "name",
            "limit",
            "decision",
            "freshness",
            "result",
            "outcome",
            "queue",
            "state",
            "version",
            "commit",
            "target",
            "verdict",
            "secret",
        ];
        for label in labels {
            assert!(
                bounded.contains(&label.as_str()),
                "{label} of {name}: are its values bounded?"
            );
        }
    }
}
