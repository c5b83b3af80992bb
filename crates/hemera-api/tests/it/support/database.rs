//! A database of each test's own: a copy of a template that is made once per run.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};

use freshness::SystemClock;
use hemera_api::config::{DatabaseUrl, Inputs, load_migration};
use hemera_api::database_roles::{self, RoleNames};
use hemera_api::migrate::migrate;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgPool};
use tokio::sync::OnceCell;

/// The template's name, once it is there.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();
/// Numbers the databases of this run.
static NEXT: AtomicU32 = AtomicU32::new(0);
/// Takes the names of databases whose tests are over.
static DROPPING: LazyLock<Sender<String>> = LazyLock::new(dropping);

/// Migrated, filled with the demo data, and dropped soon after its test. After a failure it stays for inspection, until
/// `cargo xtask test` sweeps it.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    name: String,
    granted: bool,
}

impl TestDatabase {
    pub(crate) async fn create() -> Self {
        let template = TEMPLATE.get_or_init(make_template).await;
        let name = fresh_name("db");
        administrate(&format!("create database {name} template {template}")).await;
        Self { name, granted: true }
    }

    /// A database without any tables.
    pub(crate) async fn create_empty() -> Self {
        Self::create_with("").await
    }

    /// An empty database that keeps text in that encoding.
    pub(crate) async fn create_with_encoding(encoding: &str) -> Self {
        // Another encoding than the cluster's needs a locale that knows of none, and a template without text.
        Self::create_with(&format!("encoding '{encoding}' locale 'C' template template0")).await
    }

    /// A database with the migrations up to that version, and without data.
    pub(crate) async fn create_migrated_to(version: i64) -> Self {
        let database = Self::create_empty().await;
        let mut connection = parsed(&database.url()).options().connect().await.unwrap();
        migrator().await.run_to(version, &mut connection).await.unwrap();
        connection.close().await.unwrap();
        database
    }

    async fn create_with(options: &str) -> Self {
        let name = fresh_name("empty");
        administrate(&format!("create database {name} {options}")).await;
        Self { name, granted: false }
    }

    /// Where one comes in with all rights.
    pub(crate) fn url(&self) -> String {
        url_of(&self.name)
    }

    /// Where the server comes in: with the rights that `migrate --roles` gives it, and no others.
    pub(crate) fn server_url(&self) -> String {
        if self.granted {
            self.url_as(&role_names().server())
        } else {
            self.url()
        }
    }

    /// Where one comes in with the rights of that role, and no others.
    pub(crate) fn url_as(&self, role: &str) -> String {
        let mut url = url::Url::parse(&self.url()).unwrap();
        url.query_pairs_mut()
            .append_pair("options", &format!("-c role={role}"));
        url.into()
    }

    /// Drops it and waits until it is gone: for whoever drops a role next that has rights in it.
    pub(crate) async fn remove(mut self) {
        administrate(&dropping_of(&std::mem::take(&mut self.name))).await;
    }

    /// A pool of this test's own, to look at what the server has written.
    pub(crate) async fn pool(&self) -> PgPool {
        PgPoolOptions::new()
            .max_connections(2)
            .connect(&self.url())
            .await
            .unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if std::thread::panicking() || self.name.is_empty() {
            return;
        }
        // Nobody takes it where the process is ending: `cargo xtask test` sweeps up behind it.
        let _ = DROPPING.send(std::mem::take(&mut self.name));
    }
}

/// Drops databases one after the other, in a thread that no test waits for. PostgreSQL drops none before every process
/// of its has taken notice, also one that waits for the password of a connection that a test is just opening. A test
/// that waited would keep its own runtime from sending that password, and everybody else from dropping theirs, until
/// the server's `authentication_timeout` (a minute).
fn dropping() -> Sender<String> {
    let (sender, names) = channel::<String>();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        for name in names {
            runtime.block_on(administrate(&dropping_of(&name)));
        }
    });
    sender
}

fn dropping_of(name: &str) -> String {
    format!("drop database if exists {name} with (force)")
}

async fn make_template() -> String {
    let name = fresh_name("template");
    administrate(&format!("create database {name}")).await;
    let url = parsed(&url_of(&name));
    migrate(&url, &SystemClock).await.unwrap();
    database_roles::grant(&url, &role_names()).await.unwrap();
    let mut connection = url.options().connect().await.unwrap();
    let seed = include_str!("../../../../../seed/demo.sql");
    sqlx::raw_sql(seed).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    name
}

/// The migrations of the repository.
pub(crate) async fn migrator() -> Migrator {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    Migrator::new(Path::new(folder)).await.unwrap()
}

/// Their versions, in their order.
pub(crate) async fn known_versions() -> Vec<i64> {
    let migrator = migrator().await;
    migrator.iter().map(|migration| migration.version).collect()
}

/// The names of this run's roles: the cluster may be shared with other runs.
pub(crate) fn role_names() -> RoleNames {
    RoleNames::parse(&format!("hemera_test_{}", std::process::id())).unwrap()
}

/// An address as the settings give it.
pub(crate) fn parsed(url: &str) -> DatabaseUrl {
    let environment = vec![("DATABASE_URL".into(), url.into())];
    let inputs = Inputs {
        environment,
        environment_file: None,
        file: None,
    };
    load_migration(&inputs).unwrap().0
}

pub(crate) async fn administrate(statement: &str) {
    let mut connection = PgConnectOptions::from_str(&server_url())
        .unwrap()
        .connect()
        .await
        .unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

pub(crate) fn fresh_name(purpose: &str) -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("hemera_test_api_{purpose}_{}_{number}", std::process::id())
}

fn url_of(name: &str) -> String {
    let mut url = url::Url::parse(&server_url()).unwrap();
    url.set_path(name);
    url.into()
}

#[expect(clippy::panic, reason = "one clear line instead of a chain of errors")]
fn server_url() -> String {
    std::env::var("DATABASE_URL").unwrap_or_else(|_| {
        panic!("these tests need a PostgreSQL: run them with `cargo xtask test -p hemera-api`")
    })
}
