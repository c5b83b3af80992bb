//! `audit list --follow`.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::{as_auditor, lines, printed, recorded, sequence};
use crate::command_line::{PATIENCE, command};
use crate::support::{TestDatabase, role_names};

/// A command that follows the log.
struct Following {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Following {
    fn start(database: &TestDatabase, arguments: &[&str]) -> Self {
        let arguments = [
            &["audit", "list", "--follow", "--json", "--poll", "100ms"],
            arguments,
        ]
        .concat();
        let mut child = command(&arguments)
            .env("DATABASE_URL", database.url_as(&role_names().auditor()))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    async fn next(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await;
        serde_json::from_str(&line.unwrap().unwrap().unwrap()).unwrap()
    }

    /// The epoch, the leaf and the request id of the next line.
    async fn next_place(&mut self) -> Value {
        let line = self.next().await;
        json!([line["epoch"], line["leaf"], line["record"]["request_id"]])
    }

    async fn interrupt(&self) {
        let pid = self.child.id().unwrap().to_string();
        let sent = Command::new("/bin/sh")
            .args(["-c", "kill -INT \"$0\"", &pid])
            .status();
        assert!(sent.await.unwrap().success());
    }

    /// The exit code and standard error.
    async fn ended(mut self) -> (i32, String) {
        let mut notes = String::new();
        let reading = async {
            self.child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut notes)
                .await
                .unwrap();
            self.child.wait().await.unwrap()
        };
        let status = tokio::time::timeout(PATIENCE, reading).await.unwrap();
        (status.code().unwrap(), notes)
    }
}

async fn record(database: &TestDatabase, request_id: &str) {
    database
        .run(&format!(
            "insert into audit_log (at, request_id, outcome, status) values ('2026-03-10T08:00Z', '{request_id}', 'REFUSED', 401)"
        ))
        .await;
}

#[tokio::test]
async fn records_come_in_the_order_of_leaves_and_a_reader_that_goes_on_gets_each_once() {
    let database = recorded().await;
    sequence(&database).await;
    let mut first = Following::start(&database, &["--after", "0:0"]);
    assert_eq!(
        first.next().await,
        json!({ "epoch": 1, "leaf": 0, "opening": { "epoch": 1 } })
    );
    for leaf in 1..=2 {
        let expected = json!([1, leaf, format!("request-{leaf}")]);
        assert_eq!(first.next_place().await, expected);
    }
    first.child.kill().await.unwrap();

    // Behind the last line that was read; what is new, too, although its time is older.
    let mut second = Following::start(&database, &["--after", "1:2"]);
    assert_eq!(second.next_place().await, json!([1, 3, "request-3"]));
    assert_eq!(second.next_place().await, json!([1, 4, "request-4"]));
    assert_eq!(second.next_place().await, json!([1, 5, null]));
    assert_eq!(second.next_place().await, json!([1, 6, "request-6"]));
    record(&database, "late").await;
    sequence(&database).await;
    assert_eq!(second.next_place().await, json!([1, 7, "late"]));

    second.interrupt().await;
    let (code, notes) = second.ended().await;
    assert_eq!(
        (code, notes.as_str()),
        (0, "ended; to go on: --follow --after 1:7\n")
    );
}

#[tokio::test]
async fn without_a_place_it_begins_at_the_end_and_goes_over_to_the_next_epoch() {
    let database = recorded().await;
    sequence(&database).await;
    let mut following = Following::start(&database, &[]);
    // Until it looks, what is added may count as old.
    let waits = "select 1 from pg_stat_activity
        where datname = current_database() and application_name = 'hemera-api audit list --follow' and query like '%audit_batches%'";
    wait_until(&database, waits).await;
    record(&database, "last of the first").await;
    sequence(&database).await;
    database
        .run(
            "insert into audit_epochs (epoch, origin, verifier_key, opening) values (2, 'hemera/audit/2', 'k', 'new key');
             update audit_sequencer set epoch = 2, size = 1",
        )
        .await;
    record(&database, "first of the second").await;
    database
        .run(
            "insert into audit_batches (epoch, first_leaf, ats, ids)
             select 2, 1, array_agg(at), array_agg(id) from audit_pending;
             update audit_sequencer set size = 2",
        )
        .await;
    assert_eq!(following.next_place().await, json!([1, 7, "last of the first"]));
    assert_eq!(
        following.next().await,
        json!({ "epoch": 2, "leaf": 0, "opening": "new key" })
    );
    assert_eq!(following.next_place().await, json!([2, 1, "first of the second"]));
    following.child.kill().await.unwrap();
}

#[tokio::test]
async fn a_leaf_whose_record_is_gone_is_named_and_not_passed_over() {
    let database = recorded().await;
    sequence(&database).await;
    database
        .run(
            "alter table audit_log disable trigger audit_log_no_change;
             delete from audit_log where request_id in ('request-2', 'request-3', 'request-6')",
        )
        .await;
    let all = [
        "audit", "list", "--follow", "--json", "--after", "1:0", "--limit", "3",
    ];
    let found: Vec<Value> = lines(&database, &all)
        .await
        .iter()
        .map(|line| json!([line["leaf"], line["missing"]]))
        .collect();
    assert_eq!(
        found,
        [
            json!([1, null]),
            json!([3, 2]),
            json!([4, null]),
            json!([5, null])
        ]
    );
    let mut rest = Following::start(&database, &["--after", "1:5"]);
    assert_eq!(rest.next().await, json!({ "epoch": 1, "leaf": 6, "missing": 1 }));
    rest.child.kill().await.unwrap();
}

#[tokio::test]
async fn filters_and_the_table_work_while_following() {
    let database = recorded().await;
    sequence(&database).await;
    let arguments = [
        "audit", "list", "--follow", "--json", "--after", "1:0", "--person", "user_ben", "--limit", "2",
    ];
    let found = lines(&database, &arguments).await;
    let leaves: Vec<&Value> = found.iter().map(|line| &line["leaf"]).collect();
    assert_eq!(leaves, [1, 3]);
    let table = printed(
        &database,
        &["audit", "list", "--follow", "--after", "0:0", "--limit", "1"],
    )
    .await;
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[1].starts_with("1:0           epoch 1 begins"), "{table}");
    assert!(
        lines[2].starts_with("1:1           2026-03-10T09:00:01.000Z  200 "),
        "{table}"
    );
}

/// Also while there is nothing to print: a collector that died must not leave a reader behind.
#[tokio::test]
async fn a_closed_pipe_ends_it_with_exit_code_0() {
    let database = recorded().await;
    sequence(&database).await;
    let mut following = Following::start(&database, &["--after", "1:5"]);
    assert_eq!(following.next_place().await, json!([1, 6, "request-6"]));
    let Following { child, lines } = following;
    drop(lines);
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    assert_eq!(output.unwrap().unwrap().status.code(), Some(0));
}

#[tokio::test]
async fn a_place_behind_the_end_is_refused() {
    let database = recorded().await;
    sequence(&database).await;
    for place in ["1:7", "2:0"] {
        let arguments = ["audit", "list", "--follow", "--after", place];
        let (code, _, notes) = as_auditor(&database, &arguments).await;
        assert_eq!(code, 1, "{notes}");
        assert!(
            notes.contains(&format!("the log ends at 1:6, before {place}")),
            "{notes}"
        );
    }
    let (code, _, notes) = as_auditor(&database, &["audit", "list", "--after", "1:0"]).await;
    assert!(code == 2 && notes.contains("--follow"), "{notes}");
}

/// A log that begins later is followed from its first leaf on.
#[tokio::test]
async fn without_a_log_it_waits_for_one() {
    let database = recorded().await;
    let mut following = Following::start(&database, &[]);
    let waits = "select 1 from pg_stat_activity
        where datname = current_database() and application_name = 'hemera-api audit list --follow' and query like '%audit_epochs%'";
    wait_until(&database, waits).await;
    sequence(&database).await;
    assert_eq!(following.next().await["leaf"], 0);
    assert_eq!(following.next_place().await, json!([1, 1, "request-1"]));
    following.child.kill().await.unwrap();
}

async fn wait_until(database: &TestDatabase, condition: &str) {
    let waiting = async {
        while database.rows(condition).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}
