//! A store that speaks the Redis protocol.

use std::fmt;
use std::time::Duration;

use parking_lot::Mutex;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, IntoConnectionInfo as _, RedisError};
use secrecy::{ExposeSecret, SecretString};

use super::{SealedEntry, StoreError, StoreFuture, TokenStore};

/// Time-outs for a connection and for a response. Tokens are renewed before they expire, but a first call waits for one.
const CONNECT: Duration = Duration::from_secs(1);
const RESPONSE: Duration = Duration::from_millis(500);

/// Reads an entry and the rest of its lifetime in one atomic step.
const READ: &str = "local entry = redis.call('GET', KEYS[1])
if not entry then return false end
return { entry, redis.call('PTTL', KEYS[1]) }";

/// Removes an entry or a lock if it still has the value that the caller passes in.
const REMOVE: &str = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])";

/// A [`TokenStore`] in Redis, or in another server that speaks its protocol and runs Lua scripts.
///
/// A name has two keys, `aither:{<name>}:token` and, while a process mints, `aither:{<name>}:lock`. Both expire by
/// themselves, and no entry can be read without the key of [`StoreKeys`](super::StoreKeys). The store connects on first
/// use and reconnects after a loss; the time-outs are one second for a connection and half a second for a response.
pub struct RedisTokenStore {
    client: Client,
    /// Host and port.
    address: String,
    connection: Mutex<Option<MultiplexedConnection>>,
}

/// A text that is not the address of a Redis. The error never repeats it, because it may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be memory, or an address such as redis://:password@redis.example:6379/0 (rediss:// for TLS)")]
pub struct InvalidRedisUrl;

/// An error of Redis or of the connection.
#[derive(Debug, thiserror::Error)]
#[error("Redis at {address}: {cause}")]
struct RedisFailure {
    address: String,
    cause: RedisError,
}

impl RedisTokenStore {
    /// The store at `redis://[user]:password@host:port/database`; `rediss://` for TLS. Sends nothing yet.
    pub fn parse(url: &SecretString) -> Result<Self, InvalidRedisUrl> {
        let url = url.expose_secret();
        if !(url.starts_with("redis://") || url.starts_with("rediss://")) {
            return Err(InvalidRedisUrl);
        }
        let info = url.into_connection_info().map_err(|_| InvalidRedisUrl)?;
        let address = info.addr().to_string();
        let client = Client::open(info).map_err(|_| InvalidRedisUrl)?;
        Ok(Self {
            client,
            address,
            connection: Mutex::default(),
        })
    }

    /// Sends one command. If the existing connection turns out to be broken, sends it once more on a new one.
    async fn send<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        let existing = self.connection.lock().clone();
        if let Some(mut connection) = existing {
            match command.query_async(&mut connection).await {
                Err(error) if error.is_unrecoverable_error() => *self.connection.lock() = None,
                outcome => return outcome.map_err(|error| self.failed(error)),
            }
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(RESPONSE));
        let connected = self.client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = connected.await.map_err(|error| self.failed(error))?;
        let outcome = command.query_async(&mut connection).await;
        if outcome.is_ok() {
            *self.connection.lock() = Some(connection);
        }
        outcome.map_err(|error| self.failed(error))
    }

    fn failed(&self, cause: RedisError) -> StoreError {
        StoreError::new(RedisFailure {
            address: self.address.clone(),
            cause,
        })
    }

    async fn remove_if(&self, key: &str, seen: &[u8]) -> Result<(), StoreError> {
        self.send(redis::cmd("EVAL").arg(REMOVE).arg(1).arg(key).arg(seen))
            .await
    }
}

/// The braces keep both keys of a name on one node of a cluster.
fn entry_of(name: &str) -> String {
    format!("aither:{{{name}}}:token")
}

fn lock_of(name: &str) -> String {
    format!("aither:{{{name}}}:lock")
}

/// At least 1: Redis refuses a lifetime of zero.
fn millis(lifetime: Duration) -> u64 {
    u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX).max(1)
}

impl TokenStore for RedisTokenStore {
    fn read<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<SealedEntry>> {
        Box::pin(async move {
            let command = redis::cmd("EVAL").arg(READ).arg(1).arg(entry_of(name)).take();
            let entry: Option<(Vec<u8>, i64)> = self.send(&command).await?;
            Ok(entry.map(|(sealed, left)| SealedEntry {
                sealed,
                // Negative: the entry does not expire, so this client did not write it.
                left: Duration::from_millis(u64::try_from(left).unwrap_or_default()),
            }))
        })
    }

    fn write<'a>(&'a self, name: &'a str, sealed: &'a [u8], lifetime: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let command = redis::cmd("SET")
                .arg(entry_of(name))
                .arg(sealed)
                .arg("PX")
                .arg(millis(lifetime))
                .take();
            self.send(&command).await
        })
    }

    fn remove<'a>(&'a self, name: &'a str, sealed: &'a [u8]) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.remove_if(&entry_of(name), sealed).await })
    }

    fn claim<'a>(&'a self, name: &'a str, owner: &'a str, lifetime: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let command = redis::cmd("SET")
                .arg(lock_of(name))
                .arg(owner)
                .arg("NX")
                .arg("PX")
                .arg(millis(lifetime))
                .take();
            self.send(&command).await
        })
    }

    fn release<'a>(&'a self, name: &'a str, owner: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.remove_if(&lock_of(name), owner.as_bytes()).await })
    }
}

/// The address, without user and password.
impl fmt::Debug for RedisTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisTokenStore")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
