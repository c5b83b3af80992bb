//! `hemera-api report`.

use std::net::TcpListener;

use serde_json::{Value, json};

use super::{as_auditor, printed, recorded, sequence};
use crate::command_line::{borrowed, run, serve, setup};
use crate::support::{TestDatabase, role_names};

const DAY: [&str; 4] = [
    "--since",
    "2026-03-10T00:00:00Z",
    "--until",
    "2026-03-11T00:00:00Z",
];

fn report<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["report"], &DAY[..], more].concat()
}

async fn as_json(database: &TestDatabase) -> Value {
    serde_json::from_str(&printed(database, &report(&["--json"])).await).unwrap()
}

#[tokio::test]
async fn calls_refusals_limits_tokens_and_events_of_the_period_are_counted() {
    let database = recorded().await;
    sequence(&database).await;
    let found = as_json(&database).await;
    assert_eq!(found["since"], "2026-03-10T00:00:00.000Z");
    let operations = found["operations"].as_array().unwrap();
    let of = |operation: Value| {
        let row = operations
            .iter()
            .find(|row| row["operation"] == operation)
            .unwrap();
        json!([
            row["requests"],
            row["refused"],
            row["failed"],
            row["p50Us"],
            row["maxUs"]
        ])
    };
    assert_eq!(of(json!("courses.list")), json!([2, 1, 0, 10_000.0, 10_000]));
    assert_eq!(of(json!("usage.get")), json!([1, 0, 1, null, null]));
    assert_eq!(of(Value::Null), json!([45, 45, 0, null, null]));
    let refusal = &found["refusals"][0];
    assert_eq!(
        json!([refusal["status"], refusal["reason"], refusal["requests"]]),
        json!([401, "bad_signature", 45])
    );
    assert_eq!(found["limited"][0]["subject"], "user_aither");
    let token = &found["tokens"][0];
    assert_eq!(
        json!([
            token["subject"],
            token["tokens"],
            token["sessions"],
            token["requests"]
        ]),
        json!(["user_aither", 2, 1, 3])
    );
    let events: Vec<&Value> = found["securityEvents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["event"])
        .collect();
    assert_eq!(events, ["forged_token", "new_address", "rollback_key_used"]);
    let trail = &found["auditTrail"];
    assert_eq!(
        json!([
            trail["records"],
            trail["requests"],
            trail["pending"],
            trail["epoch"],
            trail["size"]
        ]),
        json!([6, 50, 0, 1, 7])
    );
}

#[tokio::test]
async fn alerts_that_would_have_fired_are_named_with_their_time_and_those_that_are_not_known_too() {
    let database = recorded().await;
    let found = as_json(&database).await;
    let fired: Vec<Value> = found["alertsThatWouldHaveFired"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fired| json!([fired["alert"], fired["of"], fired["at"]]))
        .collect();
    let at = "2026-03-10T09:00:00.000000Z";
    for expected in [
        json!(["HemeraFailedAuthentications", "bad_signature", at]),
        json!(["HemeraForgedTokens", "bad_signature", at]),
        json!(["HemeraServiceUserNewAddress", "requests", at]),
        json!(["HemeraRollbackKeyUsed", "requests", at]),
    ] {
        assert!(fired.contains(&expected), "{expected} is not in {fired:?}");
    }
    let names: Vec<&str> = fired.iter().map(|fired| fired[0].as_str().unwrap()).collect();
    assert!(names.contains(&"AitherSilent"), "{names:?}");
    assert!(
        !names.contains(&"HemeraManyFailedAuthentications"),
        "45 are fewer than 50: {names:?}"
    );
    let others = &found["alertsThatOnlyPrometheusCanTell"];
    assert!(
        others.as_array().unwrap().contains(&json!("HemeraDown")),
        "{others}"
    );
}

#[tokio::test]
async fn it_is_one_page_with_units_and_the_period_in_utc() {
    let database = recorded().await;
    let page = printed(&database, &report(&[])).await;
    for words in [
        "Period: 2026-03-10T00:00:00.000Z to 2026-03-11T00:00:00.000Z (UTC)",
        "CALLS AND LATENCY",
        "p99 ms",
        "50 requests on record, in 6 records",
        "there is no transparency log: no server has had audit.key_file; 6 records not in",
        "Not available: role look-ups, age of the key set, and versions of servers.",
    ] {
        assert!(
            page.replace('\n', " ").contains(words),
            "{words} is not in {page}"
        );
    }
    assert!(
        page.lines().count() <= 70,
        "{} lines: {page}",
        page.lines().count()
    );

    let markdown = printed(&database, &report(&["--markdown"])).await;
    assert!(markdown.starts_with("# Hemera, report\n"), "{markdown}");
    assert!(
        markdown.contains("\n| courses.list | 2 | 1 | 0 | 10.0 | 10.0 | 10.0 | 10.0 |\n"),
        "{markdown}"
    );
    let (code, _, _) = as_auditor(&database, &report(&["--markdown", "--json"])).await;
    assert_eq!(code, 2);
}

/// From the metrics of a server that runs, at the address of its settings or one that is given.
#[tokio::test]
async fn a_running_server_adds_its_version_role_lookups_and_the_age_of_its_keys() {
    let database = TestDatabase::create().await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let (_clerk, settings) = setup(&database, &[("HEMERA_METRICS__LISTEN", &address)]).await;
    let (mut child, origin) = serve(&borrowed(&settings)).await;
    let refused = reqwest::Client::builder().build().unwrap();
    let asked = refused.get(format!("{origin}/api/service/courses")).send().await;
    assert_eq!(asked.unwrap().status(), 401);

    let auditor = database.url_as(&role_names().auditor());
    let by_setting = [
        ("DATABASE_URL", auditor.as_str()),
        ("HEMERA_METRICS__LISTEN", address.as_str()),
    ];
    let (code, page, notes) = run(&["report"], &by_setting).await;
    assert_eq!(code, 0, "{notes}");
    for words in [
        &format!("SERVER HTTP://{address}/METRICS").to_uppercase(),
        concat!("Version: version=", env!("CARGO_PKG_VERSION")),
        "Role look-ups: ",
        "Age of the key set: ",
    ] {
        assert!(page.contains(words), "{words} is not in {page}");
    }
    let url = format!("http://{address}/metrics");
    let json = printed(&database, &["report", "--json", "--metrics-url", &url]).await;
    let found: Value = serde_json::from_str(&json).unwrap();
    let samples = &found["servers"][0]["samples"];
    assert!(samples["hemera_key_set_age_seconds"].is_number(), "{found}");
    child.kill().await.unwrap();

    let page = printed(&database, &["report", "--metrics-url", &url]).await;
    assert!(
        page.contains("Not available: role look-ups, age of the key set, and version: no connection"),
        "{page}"
    );
}
