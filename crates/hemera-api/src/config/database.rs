//! Settings of the database.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;
use std::time::Duration;

use clerk::is_loopback;
use sha2::{Digest as _, Sha256};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use super::address::is_host_on_the_internet;
use super::setting::{Setting, settings};
use super::source::{Invalid, Source};
use super::value::Value;

const URL_NAME: &str = "DATABASE_URL";
const ADMIN_URL_NAME: &str = "HEMERA_DATABASE__ADMIN_URL";

settings! { SETTINGS:
    /// The PostgreSQL. Secret, because of the password.
    URL: DatabaseUrl = Setting::at("database.url")
        .variable(URL_NAME)
        .secret()
        .required("set it to the address of a PostgreSQL, postgres://user:password@host/database")
        .example("postgres://hemera:password@db.example.com/hemera?sslmode=verify-full");

    /// The address that `migrate` and `audit retain` use, where the server's own has fewer rights. Secret. Not set: `DATABASE_URL`.
    ADMIN_URL: DatabaseUrl = Setting::at("database.admin_url")
        .variable(ADMIN_URL_NAME)
        .secret()
        .example("postgres://admin:password@db.example.com/hemera?sslmode=verify-full");

    /// Accept a PostgreSQL on another machine although its certificate is not verified, because only machines that are
    /// trusted reach the network between. Without this, such an address needs sslmode=verify-full.
    PRIVATE_NETWORK: bool = Setting::at("database.private_network").or("false");

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
        let private_network = source.read(&PRIVATE_NETWORK);
        let url = url(source, &private_network);
        let admin_url = admin_url(source, &private_network);
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

    /// The address alone.
    pub(super) fn read_url(source: &mut Source) -> Result<DatabaseUrl, Invalid> {
        let private_network = source.read(&PRIVATE_NETWORK);
        url(source, &private_network)
    }

    /// What `migrate` needs: the address with the most rights, and nothing of the rest.
    pub(super) fn read_admin_url(source: &mut Source) -> Result<DatabaseUrl, Invalid> {
        let private_network = source.read(&PRIVATE_NETWORK);
        match admin_url(source, &private_network)? {
            Some(url) => Ok(url),
            None => url(source, &private_network),
        }
    }
}

fn url(source: &mut Source, private_network: &Result<bool, Invalid>) -> Result<DatabaseUrl, Invalid> {
    let url = source.read(&URL)?;
    url.safe(source, &URL, private_network)
}

fn admin_url(
    source: &mut Source,
    private_network: &Result<bool, Invalid>,
) -> Result<Option<DatabaseUrl>, Invalid> {
    let url = source.find(&ADMIN_URL)?;
    let url = url.map(|url| DatabaseUrl {
        setting: ADMIN_URL_NAME,
        ..url
    });
    url.map(|url| url.safe(source, &ADMIN_URL, private_network))
        .transpose()
}

/// Passwords of this repository's files and documents.
const PUBLISHED_PASSWORDS: [&str; 3] = ["hemera", "password", "postgres"];

/// The address of a database. Its password never prints.
#[derive(Clone)]
pub struct DatabaseUrl {
    options: PgConnectOptions,
    /// The setting that it comes from.
    setting: &'static str,
    has_known_password: bool,
    /// The SHA-256 of its text: what the driver makes of it cannot be compared.
    fingerprint: [u8; 32],
}

impl DatabaseUrl {
    /// The parsed address.
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// The setting that it comes from, for messages.
    pub fn setting(&self) -> &'static str {
        self.setting
    }

    /// The role that it logs in as, for messages.
    pub fn login(&self) -> String {
        self.options().get_username().to_owned()
    }

    /// The database, for messages.
    pub fn database(&self) -> String {
        self.options().get_database().unwrap_or("(default)").to_owned()
    }

    /// Whether both lead to the same database, whatever the login.
    pub(crate) fn leads_to_the_same_database_as(&self, other: &Self) -> bool {
        let (one, other) = (&self.options, &other.options);
        (
            one.get_host(),
            one.get_port(),
            one.get_socket(),
            one.get_database(),
        ) == (
            other.get_host(),
            other.get_port(),
            other.get_socket(),
            other.get_database(),
        )
    }

    /// Host, port and database, for messages.
    pub fn shown(&self) -> String {
        let database = self.options.get_database().unwrap_or("(default)");
        format!(
            "{}:{}/{database}",
            self.options.get_host(),
            self.options.get_port()
        )
    }
}

impl DatabaseUrl {
    /// The address, where neither password nor data can be read or forged on the way to it. Without `verify-full` the
    /// driver accepts any certificate, or none, and sends a password in clear to a server that asks for it so.
    fn safe(
        self,
        source: &mut Source,
        setting: &Setting<Self>,
        private_network: &Result<bool, Invalid>,
    ) -> Result<Self, Invalid> {
        // A setting that is not valid has been noted already.
        if self.is_verified() || self.is_on_this_machine() || !matches!(private_network, Ok(false)) {
            return Ok(self);
        }
        Err(source.refuse(
            setting,
            "names another machine, and the password and all data could be read or forged on the way: add \
             sslmode=verify-full to the address (with sslrootcert=FILE for an authority of your own), or set \
             HEMERA_DATABASE__PRIVATE_NETWORK=true where only trusted machines reach the network between",
        ))
    }

    /// Whether PostgreSQL's certificate is checked, with its name.
    pub(super) fn is_verified(&self) -> bool {
        matches!(self.options.get_ssl_mode(), PgSslMode::VerifyFull)
    }

    /// Whether the password is one that strangers try first.
    pub(super) fn has_known_password(&self) -> bool {
        self.has_known_password
    }

    /// Whether it names an address of the internet.
    pub(super) fn is_on_the_internet(&self) -> bool {
        self.options.get_socket().is_none() && is_host_on_the_internet(self.options.get_host())
    }

    fn is_on_this_machine(&self) -> bool {
        let host = self.options.get_host();
        if self.options.get_socket().is_some() || host.starts_with('/') {
            return true;
        }
        // An IPv6 address stands in brackets in an address, and without them in `hostaddr`.
        let bracketed = format!("[{host}]");
        let host = if host.parse::<Ipv6Addr>().is_ok() {
            &bracketed
        } else {
            host
        };
        Url::parse("http://localhost/")
            .is_ok_and(|mut url| url.set_host(Some(host)).is_ok() && is_loopback(&url))
    }
}

/// Whether both are the same address with the same login.
impl PartialEq for DatabaseUrl {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
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
        let options = PgConnectOptions::from_str(text).map_err(|_| PROBLEM)?;
        Ok(Self {
            setting: URL_NAME,
            has_known_password: has_known_password(text),
            fingerprint: Sha256::digest(text.as_bytes()).into(),
            options,
        })
    }
}

fn has_known_password(address: &str) -> bool {
    let url = Url::parse(address).ok();
    url.is_some_and(|url| {
        url.password()
            .is_some_and(|password| PUBLISHED_PASSWORDS.contains(&password) || password == url.username())
    })
}
