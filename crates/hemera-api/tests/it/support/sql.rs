//! Looking into a test's database, and changing it behind the server's back.

use std::str::FromStr as _;
use std::time::Duration;

use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _};

use super::TestDatabase;

/// How long to wait for a lock that another statement must run into.
const PATIENCE: Duration = Duration::from_secs(20);

impl TestDatabase {
    /// Runs statements that return nothing.
    pub(crate) async fn run(&self, sql: &str) {
        let pool = self.pool().await;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&pool).await.unwrap();
        pool.close().await;
    }

    /// What the database says to statements that it must refuse.
    pub(crate) async fn refusal(&self, sql: &str) -> String {
        let pool = self.pool().await;
        let error = sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&pool)
            .await
            .unwrap_err();
        pool.close().await;
        error.to_string()
    }

    /// The rows of a query, each as JSON.
    pub(crate) async fn rows(&self, query: &str) -> Vec<Value> {
        let pool = self.pool().await;
        let rows = sqlx::query_scalar(as_json(query)).fetch_all(&pool).await;
        pool.close().await;
        rows.unwrap()
    }

    /// The same with the rights of that role, and no others.
    pub(crate) async fn rows_as(&self, role: &str, query: &str) -> Vec<Value> {
        let options = PgConnectOptions::from_str(&self.url_as(role)).unwrap();
        let mut connection = options.connect().await.unwrap();
        let rows = sqlx::query_scalar(as_json(query))
            .fetch_all(&mut connection)
            .await;
        rows.unwrap_or_else(|error| panic!("{error}: {query}"))
    }

    /// Waits until so many statements wait for a lock: until the database says so, not for a time.
    pub(crate) async fn until_waiting(&self, statements: usize) {
        const WAITING: &str = "select pid from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        let waiting = async { while self.rows(WAITING).await.len() < statements {} };
        let waits = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(
            waits.is_ok(),
            "{statements} statements never wait at the same time"
        );
    }
}

fn as_json(query: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("select to_jsonb(found) from ({query}) as found"))
}
