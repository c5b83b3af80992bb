//! Settings of the database.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

use super::setting::{Setting, settings};
use super::source::{Invalid, Source};
use super::value::Value;

settings! { SETTINGS:
    /// The PostgreSQL. Secret, because of the password.
    URL: DatabaseUrl = Setting::at("database.url")
        .variable("DATABASE_URL")
        .secret()
        .required("set it to the address of a PostgreSQL, postgres://user:password@host/database")
        .example("postgres://hemera:hemera@127.0.0.1:5432/hemera");

    /// The address that `migrate` uses, where the server's own has fewer rights. Secret. Not set: `DATABASE_URL`.
    ADMIN_URL: DatabaseUrl = Setting::at("database.admin_url")
        .secret()
        .example("postgres://admin:password@127.0.0.1:5432/hemera");

    /// The most connections that are open at the same time.
    MAX_CONNECTIONS: u32 = Setting::at("database.max_connections").or("10").within(1, 1000);

    /// How long a request waits for a connection; then 503.
    ACQUIRE_TIMEOUT: Duration = Setting::at("database.acquire_timeout")
        .or("3s")
        .within(Duration::from_millis(10), Duration::from_mins(1));

    /// How long a connection may be idle before it is closed.
    IDLE_TIMEOUT: Duration = Setting::at("database.idle_timeout")
        .or("10m")
        .within(Duration::from_secs(1), Duration::from_hours(24));
}

/// How to reach PostgreSQL, and with how many connections.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// The address for `serve`.
    pub url: DatabaseUrl,
    /// The address for `migrate`, where it needs more rights than the server; else the same.
    pub admin_url: DatabaseUrl,
    /// The most connections that are open at the same time.
    pub max_connections: u32,
    /// How long a request waits for a connection before it is answered with 503.
    pub acquire_timeout: Duration,
    /// How long a connection may be idle before it is closed.
    pub idle_timeout: Duration,
}

impl DatabaseConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let url = source.read(&URL);
        let admin_url = source.find(&ADMIN_URL);
        let max_connections = source.read(&MAX_CONNECTIONS);
        let acquire_timeout = source.read(&ACQUIRE_TIMEOUT);
        let idle_timeout = source.read(&IDLE_TIMEOUT);
        let url = url?;
        Ok(Self {
            admin_url: admin_url?.unwrap_or_else(|| url.clone()),
            url,
            max_connections: max_connections?,
            acquire_timeout: acquire_timeout?,
            idle_timeout: idle_timeout?,
        })
    }

    /// What `migrate` needs: the address with the most rights, and nothing of the rest.
    pub(super) fn read_admin_url(source: &mut Source) -> Result<DatabaseUrl, Invalid> {
        match source.find(&ADMIN_URL)? {
            Some(url) => Ok(url),
            None => source.read(&URL),
        }
    }
}

/// The address of a database. Its password never prints.
#[derive(Clone)]
pub struct DatabaseUrl(PgConnectOptions);

impl DatabaseUrl {
    /// The parsed address.
    pub fn options(&self) -> PgConnectOptions {
        self.0.clone()
    }

    /// Host, port and database, for messages.
    pub fn shown(&self) -> String {
        let Self(options) = self;
        let database = options.get_database().unwrap_or("(default)");
        format!("{}:{}/{database}", options.get_host(), options.get_port())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DatabaseUrl").field(&self.shown()).finish()
    }
}

impl Value for DatabaseUrl {
    const KIND: &'static str = "address of a PostgreSQL";

    fn parse(text: &str) -> Result<Self, &'static str> {
        const PROBLEM: &str = "must be the address of a PostgreSQL, postgres://user:password@host/database";
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        if !matches!(scheme, Some("postgres" | "postgresql")) {
            return Err(PROBLEM);
        }
        PgConnectOptions::from_str(text).map(Self).map_err(|_| PROBLEM)
    }
}
