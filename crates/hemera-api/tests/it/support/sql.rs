//! Looking into a test's database, and changing it behind the server's back.

use std::str::FromStr as _;

use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _};

use super::TestDatabase;

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
}

fn as_json(query: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("select to_jsonb(found) from ({query}) as found"))
}
