//! `hemera-api audit …`: each command with the login of an auditor.

mod credential;
mod follow;
mod items;
mod list;
mod report;
mod retain;
mod subject;

use serde_json::Value;

use super::run;
use crate::support::{TestDatabase, role_names};

/// Longer than since the tests' clock stood.
const SINCE: &str = "3650days";

/// Runs a command as an auditor: exit code, standard output, standard error.
async fn as_auditor(database: &TestDatabase, arguments: &[&str]) -> (i32, String, String) {
    let url = database.url_as(&role_names().auditor());
    run(arguments, &[("DATABASE_URL", &url)]).await
}

/// What a command prints as an auditor, and that nothing went wrong.
async fn printed(database: &TestDatabase, arguments: &[&str]) -> String {
    let (code, output, notes) = as_auditor(database, arguments).await;
    assert_eq!(code, 0, "{arguments:?}: {notes}");
    output
}

/// The lines of JSON that a command prints as an auditor.
async fn lines(database: &TestDatabase, arguments: &[&str]) -> Vec<Value> {
    let output = printed(database, arguments).await;
    output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Records with ids that a test chooses, one a second from 2026-03-10 09:00 on.
const RECORDS: &str = include_str!("records.sql");

/// A database with these records.
async fn recorded() -> TestDatabase {
    let database = TestDatabase::create().await;
    database.run(RECORDS).await;
    database
}

/// Puts all records that are in no leaf into the log, in the order of their ids, as a server with the key does.
async fn sequence(database: &TestDatabase) {
    database
        .run(
            "insert into audit_epochs (epoch, origin, verifier_key, opening)
             values (1, 'hemera/audit/1', 'key', '{\"epoch\":1}') on conflict do nothing;
             update audit_sequencer set epoch = 1, size = greatest(size, 1);
             with taken as (delete from audit_pending returning at, id),
             batch as (
                 insert into audit_batches (epoch, first_leaf, ats, ids)
                 select s.epoch, s.size, array_agg(at order by id), array_agg(id order by id)
                 from taken cross join audit_sequencer as s
                 group by s.epoch, s.size
                 returning cardinality(ids) as added
             )
             update audit_sequencer set size = size + added from batch",
        )
        .await;
}
