//! Looking into a test's database, and changing it behind the server's back.

use serde_json::Value;
use sqlx::AssertSqlSafe;

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
        let sql = format!("select to_jsonb(found) from ({query}) as found");
        let rows = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&pool)
            .await
            .unwrap();
        pool.close().await;
        rows
    }
}
