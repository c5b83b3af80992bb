//! The address of a Redis.

use std::time::Duration;

use clerk::is_loopback;
use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisResult};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::address::is_host_on_the_internet;

/// How to reach a Redis, and how long a request waits for it.
#[derive(Clone, Debug)]
pub struct RedisConfig {
    /// Where it is.
    pub url: RedisUrl,
    /// The longest that a request waits for an answer.
    pub timeout: Duration,
}

/// The address of a Redis. Its password never prints.
#[derive(Clone, Debug)]
pub struct RedisUrl(SecretString);

impl RedisUrl {
    pub(super) fn parse(text: SecretString) -> Result<Self, &'static str> {
        const PROBLEM: &str =
            "must be memory, or the address of a Redis: redis://:password@host:6379/0, rediss:// with TLS";
        let url = Self(text);
        let text = url.0.expose_secret();
        let is_known = text.starts_with("redis://") || text.starts_with("rediss://");
        // A fragment would turn the check of the server's certificate off.
        if is_known && !text.contains('#') && url.info().is_ok() {
            Ok(url)
        } else {
            Err(PROBLEM)
        }
    }

    /// A client that has not connected yet.
    ///
    /// # Errors
    /// Where the client cannot be made, such as for want of the system's root certificates.
    pub fn client(&self) -> RedisResult<Client> {
        Client::open(self.info()?)
    }

    /// Host and port, for messages.
    pub fn shown(&self) -> String {
        match self.info().as_ref().map(ConnectionInfo::addr) {
            Ok(ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. }) => {
                format!("{host}:{port}")
            }
            _ => "elsewhere".to_owned(),
        }
    }

    /// Whether TLS is spoken with it, and its certificate checked.
    pub(super) fn is_encrypted(&self) -> bool {
        self.0.expose_secret().starts_with("rediss://")
    }

    /// Whether the address has a password.
    pub(super) fn has_password(&self) -> bool {
        self.parsed().is_some_and(|url| url.password().is_some())
    }

    /// Whether it names this machine.
    pub(super) fn is_on_this_machine(&self) -> bool {
        // `is_loopback` looks at hosts of known schemes.
        let text = self.0.expose_secret().replacen("rediss://", "https://", 1);
        let text = text.replacen("redis://", "http://", 1);
        Url::parse(&text).is_ok_and(|url| is_loopback(&url))
    }

    /// Whether it names an address of the internet.
    pub(super) fn is_on_the_internet(&self) -> bool {
        self.parsed()
            .and_then(|url| url.host_str().map(is_host_on_the_internet))
            .unwrap_or(false)
    }

    fn parsed(&self) -> Option<Url> {
        Url::parse(self.0.expose_secret()).ok()
    }

    fn info(&self) -> RedisResult<ConnectionInfo> {
        self.0.expose_secret().into_connection_info()
    }
}
