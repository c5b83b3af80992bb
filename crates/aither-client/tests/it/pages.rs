//! The pages about errors and retries say what the client does.

use std::collections::BTreeSet;

use aither_client::StatusCode;

use crate::support::{Bench, Reply, Server, failure};

const RETRIES: &str = include_str!("../../docs/client-retries.md");
const ERRORS: &str = include_str!("../../docs/client-errors.md");

/// The cells of each row whose first cell begins like this.
fn rows(page: &'static str, begin: fn(&str) -> bool) -> Vec<Vec<&'static str>> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
    rows.map(|row| row.trim_end_matches(" |").split(" | ").collect())
        .filter(|cells: &Vec<&str>| begin(cells[0]))
        .collect()
}

/// Each status is sent again as its row says.
#[tokio::test]
async fn statuses_are_sent_again_as_the_page_says() {
    let rows = rows(RETRIES, |cell| {
        cell.starts_with(|first: char| first.is_ascii_digit())
    });
    let mut tried = BTreeSet::new();
    for cells in rows.iter().filter(|cells| !cells[0].starts_with("304")) {
        for status in cells[0].split(", ") {
            let status: u16 = status.parse().unwrap();
            let body = failure("INTERNAL_ERROR", "no");
            let bench = Bench::new(Server::always(Reply::json(status, body)).await);
            let error = bench.list().await.unwrap_err();
            let attempts = match cells[1] {
                "yes" => 4,
                "once, with a new token" => 2,
                "no" => 1,
                other => panic!("{other}"),
            };
            assert_eq!(error.attempts(), attempts, "{status}");
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
            tried.insert(status);
        }
    }
    let expected = [400, 401, 403, 404, 405, 412, 413, 415, 429, 500, 502, 503, 504];
    assert!(tried.into_iter().eq(expected), "{rows:?}");
    let bench = Bench::new(Server::always(Reply::unchanged("\"7\"")).await);
    let error = bench.list().await.unwrap_err();
    assert_eq!(
        (error.status(), error.attempts()),
        (Some(StatusCode::NOT_MODIFIED), 2)
    );
}

#[test]
fn every_classification_of_an_error_has_a_row() {
    let source = include_str!("../../src/error/mod.rs");
    let methods = source.split("pub fn is_").skip(1);
    let methods: BTreeSet<String> = methods
        .map(|rest| format!("`is_{}`", rest.split('(').next().unwrap()))
        .collect();
    let documented = rows(ERRORS, |cell| cell.starts_with("`is_"));
    let documented: BTreeSet<String> = documented.iter().map(|cells| cells[0].to_owned()).collect();
    assert_eq!(methods, documented);
}
