//! `audit list` and `audit export`.

use serde_json::{Value, json};

use super::{SINCE, as_auditor, lines, printed, recorded};
use crate::academy::academy;
use crate::command_line::run;
use crate::support::{TestDatabase, role_names};

/// The request ids of the records that a filter leaves, newest first; `null` for the one that stands for many.
async fn found(database: &TestDatabase, filter: &[&str]) -> Vec<Value> {
    let arguments = [&["audit", "list", "--json", "--since", SINCE], filter].concat();
    let lines = lines(database, &arguments).await;
    lines
        .iter()
        .map(|line| line["record"]["request_id"].clone())
        .collect()
}

#[tokio::test]
async fn every_filter_leaves_the_records_that_have_it() {
    let database = recorded().await;
    let request = |number: u8| json!(format!("request-{number}"));
    let all = [
        request(6),
        Value::Null,
        request(4),
        request(3),
        request(2),
        request(1),
    ];
    assert_eq!(found(&database, &[]).await, all);
    let cases: [(&[&str], &[u8]); 13] = [
        (&["--subject", "user_admin"], &[3]),
        (&["--operation", "courses.list"], &[4, 1]),
        (&["--outcome", "failed"], &[6]),
        (&["--outcome", "REFUSED", "--status", "429"], &[4]),
        (&["--status", "503"], &[6]),
        (&["--reason", "rate_limited"], &[4]),
        (&["--resource", "part_anna"], &[2]),
        (&["--security-event", "rollback_key_used"], &[6]),
        (&["--person", "user_anna"], &[2, 1]),
        (&["--person", "user_ben", "--subject", "user_admin"], &[3]),
        (&["--person", "user_nobody"], &[]),
        (&["--limit", "1"], &[6]),
        (&["--subject", "user_aither", "--limit", "2"], &[4, 2]),
    ];
    for (filter, expected) in cases {
        let expected: Vec<Value> = expected.iter().map(|number| request(*number)).collect();
        assert_eq!(found(&database, filter).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn a_period_has_its_first_moment_and_not_its_last() {
    let database = recorded().await;
    let arguments = [
        "audit",
        "list",
        "--json",
        "--since",
        "2026-03-10T09:00:02Z",
        "--until",
        "2026-03-10T10:00:04+01:00",
    ];
    let found: Vec<Value> = lines(&database, &arguments).await;
    let ids: Vec<&Value> = found.iter().map(|line| &line["record"]["request_id"]).collect();
    assert_eq!(ids, ["request-3", "request-2"]);

    let (code, out, err) = as_auditor(&database, &["audit", "list", "--since", "1h", "--until", "2h"]).await;
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("--until is not after --since"), "{err}");
    let (code, _, err) = as_auditor(&database, &["audit", "list", "--since", "yesterday"]).await;
    assert!(
        code == 2 && err.contains("must be a span such as 24h or 7d"),
        "{err}"
    );
}

#[tokio::test]
async fn a_line_of_json_has_each_column_by_its_name_and_the_details() {
    let database = recorded().await;
    let arguments = [
        "audit",
        "list",
        "--json",
        "--since",
        SINCE,
        "--resource",
        "part_anna",
    ];
    let [line] = &lines(&database, &arguments).await[..] else {
        panic!("one line")
    };
    let mut line = line.clone();
    for made_by_the_database in ["id", "recorded_at"] {
        assert!(
            line["record"]
                .as_object_mut()
                .unwrap()
                .remove(made_by_the_database)
                .is_some()
        );
    }
    assert_eq!(
        line,
        json!({
            "record": {
                "at": "2026-03-10T09:00:02.000000Z",
                "record_id": "00000000-0000-4000-8000-000000000002",
                "request_id": "request-2",
                "subject": "user_aither",
                "role": "api-client",
                "proof": "template_token",
                "token_id": "token_two",
                "session_id": "session_one",
                "operation": "participations.update_result",
                "resource_id": "part_anna",
                "outcome": "SUCCEEDED",
                "status": 200,
                "items": 1,
                "changed_fields": ["result_notes", "status"],
                "resource_version": 7,
                "duration_us": 20000,
                "occurrences": 1,
            },
            "details": {
                "persons": ["user_anna"],
                "persons_salt": "04",
                "client_address": "192.0.2.7",
                "address_salt": "05",
            },
        })
    );
}

/// Each column of the table is there, so that a new one is not forgotten.
#[tokio::test]
async fn every_column_of_the_tables_is_in_the_json() {
    let database = recorded().await;
    let columns = database
        .rows(
            "select attrelid::regclass::text as place, attname as column from pg_attribute
             where attrelid in ('audit_log'::regclass, 'audit_details'::regclass) and attnum > 0 and not attisdropped",
        )
        .await;
    database
        .run(
            "insert into audit_log overriding system value select (jsonb_populate_record(r, jsonb_build_object(
                 'at', timestamptz '2026-03-11Z', 'id', 900000, 'key_name', 'k', 'error_code', 'E', 'reason', 'r',
                 'trace_id', 't', 'permissions', array['p'], 'permissions_granted', true, 'security_events', array['e'],
                 'client_address', inet '192.0.2.1', 'user_agent', 'u', 'persons_commitment', '\\x01'::bytea,
                 'address_commitment', '\\x02'::bytea, 'user_agent_commitment', '\\x03'::bytea, 'item', 1
             ))).* from audit_log r where request_id = 'request-2'",
        )
        .await;
    let found = lines(
        &database,
        &["audit", "list", "--json", "--since", SINCE, "--limit", "1"],
    )
    .await;
    assert_eq!(columns.len(), found[0]["record"].as_object().unwrap().len() + 8);
    for column in columns {
        if column["place"] == "audit_log" {
            let name = column["column"].as_str().unwrap();
            assert!(!found[0]["record"][name].is_null(), "{name} in {found:?}");
        }
    }
}

#[tokio::test]
async fn the_table_says_what_came_of_each_request() {
    let database = recorded().await;
    let output = printed(&database, &["audit", "list", "--since", SINCE]).await;
    insta::assert_snapshot!("audit_list", output);
    let (code, output, notes) = as_auditor(&database, &["audit", "list"]).await;
    assert_eq!((code, output.as_str()), (0, ""));
    assert!(notes.starts_with("no such record from "), "{notes}");
}

/// More than a page, at one and the same time: none is left out at the border, and none is there twice.
#[tokio::test]
async fn pages_have_every_record_once() {
    let database = TestDatabase::create().await;
    database
        .run(
            "insert into audit_log (at, request_id, outcome, status)
             select timestamptz '2026-03-10T09:00Z' + (number / 700) * interval '1 second', number::text, 'REFUSED', 401
             from generate_series(1, 2500) as number",
        )
        .await;
    let listed = found(&database, &[]).await;
    let mut numbers: Vec<u32> = listed
        .iter()
        .map(|number| number.as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(numbers, (1..=2500).rev().collect::<Vec<u32>>());

    let (code, output, notes) = as_auditor(&database, &["audit", "export", "--since", SINCE]).await;
    assert_eq!(code, 0, "{notes}");
    assert!(notes.starts_with("2500 records from "), "{notes}");
    let exported = output.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["record"]["request_id"]
            .as_str()
            .unwrap()
            .parse::<u32>()
            .unwrap()
    });
    numbers.reverse();
    assert_eq!(exported.collect::<Vec<_>>(), numbers);
    let table = printed(&database, &["audit", "list", "--since", SINCE]).await;
    assert_eq!(table.lines().count(), 101, "the header and the newest 100");
}

/// Through the router: what was asked is what is listed.
#[tokio::test]
async fn requests_that_were_made_are_listed() {
    let app = academy().await;
    app.service().get("/api/service/courses").await.assert_status(200);
    app.service().get("/api/service/usage").await.assert_status(403);
    let database = app.finish().await;
    let refused = lines(
        &database,
        &["audit", "list", "--json", "--since", SINCE, "--status", "403"],
    )
    .await;
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0]["record"]["operation"], "usage.get");
    assert_eq!(found(&database, &["--outcome", "succeeded"]).await.len(), 1);
}

#[tokio::test]
async fn a_login_that_is_no_auditor_is_one_line_that_says_what_to_do() {
    let database = recorded().await;
    let url = database.url_as(&role_names().server());
    for command in ["list", "export"] {
        let arguments = ["audit", command, "--since", SINCE];
        let (code, output, notes) = run(&arguments, &[("DATABASE_URL", &url)]).await;
        assert_eq!((code, output.as_str()), (1, ""), "{notes}");
        assert!(
            notes.contains("grant hemera_auditor to") && notes.lines().count() == 1,
            "{notes}"
        );
    }
    let empty = TestDatabase::create_empty().await;
    let (code, _, notes) = run(&["audit", "list"], &[("DATABASE_URL", &empty.url())]).await;
    assert!(
        code == 1 && notes.contains("run `hemera-api migrate --roles`"),
        "{notes}"
    );
}
