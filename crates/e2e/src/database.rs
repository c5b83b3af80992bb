//! A database of our own on the given server, from nothing to demo data, and gone at the end.

use std::path::Path;

use anyhow::Context;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tokio::process::Command;
use url::Url;
use uuid::Uuid;

/// The academy that the walk reads from, as `seed/demo.sql` has it.
const DEMO: &str = include_str!("../../../seed/demo.sql");

/// A migrated and seeded database named `hemera_e2e_…`, with the roles and the login of a server of its own.
#[derive(Debug)]
pub(crate) struct Database {
    server: PgConnectOptions,
    name: String,
    url: Url,
    auditor_url: Url,
    owner_url: Url,
    pool: PgPool,
    printed: String,
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
        remove(&mut connection, &name).await?;
        // The name is ours: letters, digits and underscores.
        run(&mut connection, format!("create database {name}")).await?;

        let mut admin_url = server_url.clone();
        admin_url.set_path(&name);
        let printed = migrate(hemera_api, &admin_url, &name).await?;
        let url = make_login(&mut connection, &admin_url, &name, Login::SERVER).await?;
        let auditor_url = make_login(&mut connection, &admin_url, &name, Login::AUDITOR).await?;
        connection.close().await?;
        let pool = PgPoolOptions::new()
            .max_connections(2)
            .connect_lazy_with(server.clone().database(&name));
        sqlx::raw_sql(DEMO)
            .execute(&pool)
            .await
            .context("the demo data cannot be loaded")?;
        Ok(Self {
            server,
            name,
            url,
            auditor_url,
            owner_url: admin_url,
            pool,
            printed,
        })
    }

    /// Where the server under test finds it, as a login that has the server's rights and no others.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The same for a person who looks into the audit trail.
    pub(crate) fn auditor_url(&self) -> &Url {
        &self.auditor_url
    }

    /// The same for a person who migrates it.
    pub(crate) fn owner_url(&self) -> &Url {
        &self.owner_url
    }

    /// To look at what is really stored, with all rights.
    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// What migrating it printed, down to the finest level.
    pub(crate) fn printed(&self) -> &str {
        &self.printed
    }

    /// Removes the database, its roles and its login.
    pub(crate) async fn drop(self) -> anyhow::Result<()> {
        self.pool.close().await;
        let mut connection = self.server.connect().await?;
        remove(&mut connection, &self.name).await?;
        connection.close().await?;
        Ok(())
    }
}

/// Migrates with the server's own command, and gives all that it printed. The roles are named after the database: the
/// PostgreSQL may hold others.
async fn migrate(hemera_api: &Path, admin_url: &Url, name: &str) -> anyhow::Result<String> {
    let migrated = Command::new(hemera_api)
        .args(["migrate", "--roles", "--role-prefix", name])
        .env_clear()
        .env("DATABASE_URL", admin_url.as_str())
        .env("RUST_LOG", "trace")
        .output()
        .await
        .context("hemera-api migrate cannot be started")?;
    let said = String::from_utf8_lossy(&migrated.stderr);
    let last = said.lines().last().unwrap_or_default();
    anyhow::ensure!(migrated.status.success(), "hemera-api migrate failed: {last}");
    Ok(format!("{}{said}", String::from_utf8_lossy(&migrated.stdout)))
}

/// A login that is a member of one role.
struct Login {
    name: &'static str,
    role: &'static str,
}

impl Login {
    const SERVER: Self = Self {
        name: "login",
        role: "server",
    };
    const AUDITOR: Self = Self {
        name: "auditor_login",
        role: "auditor",
    };
}

/// Makes a login, and gives its URL.
///
/// Where we came in without a password, a login of another name may not (the socket asks the operating system who
/// we are): there the session gives up its own rights for the role's instead.
async fn make_login(
    connection: &mut PgConnection,
    admin_url: &Url,
    name: &str,
    kind: Login,
) -> anyhow::Result<Url> {
    let mut url = admin_url.clone();
    if admin_url.password().is_none() {
        let role = format!("-c role={name}_{}", kind.role);
        url.query_pairs_mut().append_pair("options", &role);
        return Ok(url);
    }
    let login = format!("{name}_{}", kind.name);
    let password = Uuid::new_v4().simple().to_string();
    let create = format!(
        "create role {login} login password '{password}' in role {name}_{}",
        kind.role
    );
    run(connection, create).await?;
    let put = url
        .set_username(&login)
        .and_then(|()| url.set_password(Some(&password)));
    put.map_err(|()| anyhow::anyhow!("DATABASE_URL names no host"))?;
    Ok(url)
}

/// Removes the database and the roles of this name, as far as they are there.
async fn remove(connection: &mut PgConnection, name: &str) -> anyhow::Result<()> {
    run(connection, format!("drop database if exists {name} with (force)")).await?;
    for role in ["login", "auditor_login", "server", "auditor", "owner"] {
        run(connection, format!("drop role if exists {name}_{role}")).await?;
    }
    Ok(())
}

async fn run(connection: &mut PgConnection, statement: String) -> anyhow::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(())
}
