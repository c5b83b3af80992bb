//! What the commands say behind a pooler that they cannot work behind. Behind one that gives each connection a session of its
//! own, they work: the proxy of `database_faults` is such a one.

use super::{borrowed, one_error, run, setup};
use crate::support::{Order, TestDatabase, TransactionPooler};

/// The one line with which a command fails behind a pooler in transaction mode with at most so many sessions.
async fn refusal(command: &str, order: Order, most: usize) -> String {
    let database = TestDatabase::create().await;
    let direct = database.server_url();
    let parsed = url::Url::parse(&direct).unwrap();
    let upstream = format!("{}:{}", parsed.host_str().unwrap(), parsed.port().unwrap_or(5432));
    let pooler = TransactionPooler::start(upstream, order, most).await;
    let url = pooler.url(&direct);
    let (_clerk, settings) = setup(&database, &[("DATABASE_URL", &url)]).await;
    let (code, out, err) = run(&[command], &borrowed(&settings)).await;
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    one_error(command, &err)
}

#[tokio::test]
async fn serve_refuses_a_pooler_that_runs_the_statement_of_another_connection() {
    for order in [Order::LastUsed, Order::LongestFree] {
        let said = refusal("serve", order, 2).await;
        assert!(
            said.contains("loses prepared statements (a statement of another connection was run)")
                && said.contains("max_prepared_statements"),
            "{order:?}: {said}"
        );
    }
}

#[tokio::test]
async fn serve_refuses_a_pooler_with_a_single_session() {
    let said = refusal("serve", Order::LastUsed, 1).await;
    assert!(
        said.contains("gives no second session while one is in use"),
        "{said}"
    );
}

#[tokio::test]
async fn migrate_refuses_a_pooler_that_changes_the_session_between_transactions() {
    for order in [Order::LastUsed, Order::LongestFree] {
        let said = refusal("migrate", order, 2).await;
        assert!(
            said.contains("`migrate` holds a lock that belongs to one: set HEMERA_DATABASE__ADMIN_URL"),
            "{order:?}: {said}"
        );
    }
}
