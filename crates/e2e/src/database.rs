//! A database of our own on the given server, from nothing to demo data, and gone at the end.

use std::path::Path;

use anyhow::Context;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tokio::process::Command;
use url::Url;

/// The academy that the walk reads from, as `seed/demo.sql` has it.
const DEMO: &str = include_str!("../../../seed/demo.sql");

/// A migrated and seeded database named `hemera_e2e_…`.
#[derive(Debug)]
pub(crate) struct Database {
    server: PgConnectOptions,
    name: String,
    url: Url,
    pool: PgPool,
}

impl Database {
    /// Makes the database on the server of `server_url`, migrates it with the server's own command
    /// and loads the demo data.
    pub(crate) async fn create(server_url: &Url, hemera_api: &Path) -> anyhow::Result<Self> {
        let server: PgConnectOptions = server_url
            .as_str()
            .parse()
            .context("DATABASE_URL is not a PostgreSQL URL")?;
        let name = format!("hemera_e2e_{}", std::process::id());
        let mut connection = server
            .connect()
            .await
            .context("PostgreSQL cannot be reached at DATABASE_URL")?;
        // The name is ours: letters, digits and underscores.
        sqlx::raw_sql(AssertSqlSafe(format!(
            "drop database if exists {name} with (force)"
        )))
        .execute(&mut connection)
        .await?;
        sqlx::raw_sql(AssertSqlSafe(format!("create database {name}")))
            .execute(&mut connection)
            .await?;
        connection.close().await?;

        let mut url = server_url.clone();
        url.set_path(&name);
        let pool = PgPoolOptions::new()
            .max_connections(2)
            .connect_lazy_with(server.clone().database(&name));
        let database = Self {
            server,
            name,
            url,
            pool,
        };
        database.migrate(hemera_api).await?;
        sqlx::raw_sql(DEMO)
            .execute(&database.pool)
            .await
            .context("the demo data cannot be loaded")?;
        Ok(database)
    }

    async fn migrate(&self, hemera_api: &Path) -> anyhow::Result<()> {
        let migrated = Command::new(hemera_api)
            .arg("migrate")
            .env_clear()
            .env("DATABASE_URL", self.url.as_str())
            .output()
            .await
            .context("hemera-api migrate cannot be started")?;
        let printed = String::from_utf8_lossy(&migrated.stderr);
        anyhow::ensure!(migrated.status.success(), "hemera-api migrate failed: {printed}");
        Ok(())
    }

    /// Where the server under test finds it.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// To look at what is really stored.
    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Removes the database.
    pub(crate) async fn drop(self) -> anyhow::Result<()> {
        self.pool.close().await;
        let mut connection = self.server.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(format!(
            "drop database if exists {} with (force)",
            self.name
        )))
        .execute(&mut connection)
        .await?;
        connection.close().await?;
        Ok(())
    }
}
