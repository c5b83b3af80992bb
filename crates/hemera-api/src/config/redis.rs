//! The address of a Redis.

use std::time::Duration;

use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisResult};
use secrecy::{ExposeSecret as _, SecretString};

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

    fn info(&self) -> RedisResult<ConnectionInfo> {
        self.0.expose_secret().into_connection_info()
    }
}
