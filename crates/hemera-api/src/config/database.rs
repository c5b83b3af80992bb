//! Settings of the database.

use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgConnectOptions;

use super::key::{self, Key};
use super::source::Source;

/// How to reach PostgreSQL, and with how many connections.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// The address for `serve`.
    pub url: DatabaseUrl,
    /// The address for `migrate`, where it needs more rights than the server; else the same.
    pub admin_url: DatabaseUrl,
    /// The most connections that are open at once.
    pub max_connections: u32,
    /// How long a request waits for a connection before it is answered with 503.
    pub acquire_timeout: Duration,
    /// How long a connection may be idle before it is closed.
    pub idle_timeout: Duration,
}

impl DatabaseConfig {
    pub(super) fn take(source: &mut Source) -> Option<Self> {
        let url = required_url(source, &key::DATABASE_URL);
        let admin_url = match source.secret(&key::DATABASE_ADMIN_URL) {
            Some(text) => parsed(source, &key::DATABASE_ADMIN_URL, text),
            None => url.clone(),
        };
        let second = Duration::from_secs(1);
        let acquire_timeout = source.span(
            &key::DATABASE_ACQUIRE_TIMEOUT,
            Duration::from_millis(10),
            Duration::from_mins(1),
        );
        let idle_timeout = source.span(&key::DATABASE_IDLE_TIMEOUT, second, Duration::from_hours(24));
        let max_connections = source.number(&key::DATABASE_MAX_CONNECTIONS, 1, 1000);
        Some(Self {
            url: url?,
            admin_url: admin_url?,
            max_connections,
            acquire_timeout,
            idle_timeout,
        })
    }

    /// What `migrate` needs: the address with the most rights, and nothing of the rest.
    pub(super) fn take_admin_url(source: &mut Source) -> Option<DatabaseUrl> {
        match source.secret(&key::DATABASE_ADMIN_URL) {
            Some(text) => parsed(source, &key::DATABASE_ADMIN_URL, text),
            None => required_url(source, &key::DATABASE_URL),
        }
    }
}

/// The address of a database. Its password never prints.
#[derive(Clone, Debug)]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    /// The parsed address.
    ///
    /// # Panics
    /// Never: the text was parsed when the configuration was loaded.
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::from_str(self.0.expose_secret()).unwrap_or_default()
    }

    /// Host, port and database, for messages.
    pub fn shown(&self) -> String {
        let options = self.options();
        let database = options.get_database().unwrap_or("(default)");
        format!("{}:{}/{database}", options.get_host(), options.get_port())
    }
}

fn required_url(source: &mut Source, key: &Key) -> Option<DatabaseUrl> {
    if !source.is_set(key) {
        source.missing(
            key,
            "set it to the address of a PostgreSQL, postgres://user:password@host/database",
        );
    }
    source.secret(key).and_then(|text| parsed(source, key, text))
}

fn parsed(source: &mut Source, key: &Key, text: SecretString) -> Option<DatabaseUrl> {
    let scheme = text.expose_secret().split_once("://").map(|(scheme, _)| scheme);
    let known = matches!(scheme, Some("postgres" | "postgresql"));
    if known && PgConnectOptions::from_str(text.expose_secret()).is_ok() {
        return Some(DatabaseUrl(text));
    }
    source.fault(
        key,
        "must be the address of a PostgreSQL, postgres://user:password@host/database",
    );
    None
}
