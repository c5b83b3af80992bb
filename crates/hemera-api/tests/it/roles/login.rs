//! A server's login that can do more than a server needs: the start says so, and goes on.

use hemera_api::check_schema;

use super::granted;
use crate::support::{CapturedLog, TestDatabase, parsed, role_names};

/// The warnings of a start with this role.
async fn warnings(database: &TestDatabase, role: Option<&str>) -> Vec<String> {
    let log = CapturedLog::start();
    let url = role.map_or_else(|| database.url(), |role| database.url_as(role));
    check_schema(&parsed(&url)).await.unwrap();
    let text = log.text();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines
        .filter(|line| line["level"] == "WARN")
        .map(|line| line["message"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_login_with_the_servers_role_alone_starts_without_a_warning() {
    let database = granted().await;
    assert_eq!(
        warnings(&database, Some(&role_names().server())).await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_superuser_is_warned_of_in_one_line() {
    let database = granted().await;
    let warnings = warnings(&database, None).await;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].contains(
            " is a superuser, which a server does not need: run `hemera-api migrate --roles`, and "
        ),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn each_right_that_a_server_does_not_need_is_a_warning() {
    let database = granted().await;
    let owner = warnings(&database, Some(&role_names().owner())).await;
    for right in [
        "owns the schema's tables",
        "may create tables",
        "may read e-mail addresses",
    ] {
        assert!(
            owner.iter().any(|line| line.contains(right)),
            "{right}: {owner:?}"
        );
    }
    database
        .run("do $$ begin execute format('grant temporary, create on database %I to public', current_database()); end $$")
        .await;
    let server = warnings(&database, Some(&role_names().server())).await;
    assert_eq!(server.len(), 2, "{server:?}");
    for right in ["may create schemas", "may create temporary tables"] {
        assert!(
            server.iter().any(|line| line.contains(right)),
            "{right}: {server:?}"
        );
    }
}
