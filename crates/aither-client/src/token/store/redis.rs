//! A store that speaks the Redis protocol.

use std::fmt;
use std::time::Duration;

use parking_lot::Mutex;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, IntoConnectionInfo as _, RedisError};
use secrecy::{ExposeSecret, SecretString};

use super::{StoreError, StoreFuture, Stored, TokenStore};

/// For a connection, and for an answer. Tokens are renewed ahead of their end, but a first call waits for one.
const CONNECT: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_millis(500);

/// What is kept and how long it still is, as of one moment.
const READ: &str = "local kept = redis.call('GET', KEYS[1])
if not kept then return false end
return { kept, redis.call('PTTL', KEYS[1]) }";

/// Removes what is still what the caller saw: an entry, or the caller's own lock.
const REMOVE: &str = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])";

/// A [`TokenStore`] in Redis, or in whatever speaks its protocol and runs Lua.
///
/// There are two keys a name, `aither:{<name>}:token` and, while a process mints, `aither:{<name>}:lock`. Both end by
/// themselves, and nothing that is kept can be read without the key of [`StoreKeys`](super::StoreKeys). It connects
/// when it is first asked, and anew after a loss: a second for a connection, half of one for an answer.
pub struct RedisTokenStore {
    client: Client,
    /// Host and port.
    place: String,
    connection: Mutex<Option<MultiplexedConnection>>,
}

/// What was given is no address of a Redis. It is not repeated, because it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be memory, or an address such as redis://:password@redis.example:6379/0 (rediss:// for TLS)")]
pub struct InvalidRedisUrl;

/// What Redis or the way to it has against us.
#[derive(Debug, thiserror::Error)]
#[error("Redis at {place}: {cause}")]
struct Failed {
    place: String,
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
        let place = info.addr().to_string();
        let client = Client::open(info).map_err(|_| InvalidRedisUrl)?;
        Ok(Self {
            client,
            place,
            connection: Mutex::default(),
        })
    }

    /// One request. The connection at hand may have been cut while nobody looked; then there is one more, on a new one.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        let at_hand = self.connection.lock().clone();
        if let Some(mut connection) = at_hand {
            match command.query_async(&mut connection).await {
                Err(error) if error.is_unrecoverable_error() => *self.connection.lock() = None,
                outcome => return outcome.map_err(|error| self.failed(error)),
            }
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER));
        let connected = self.client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = connected.await.map_err(|error| self.failed(error))?;
        let outcome = command.query_async(&mut connection).await;
        if outcome.is_ok() {
            *self.connection.lock() = Some(connection);
        }
        outcome.map_err(|error| self.failed(error))
    }

    fn failed(&self, cause: RedisError) -> StoreError {
        StoreError::new(Failed {
            place: self.place.clone(),
            cause,
        })
    }

    async fn remove_if(&self, key: &str, seen: &[u8]) -> Result<(), StoreError> {
        self.ask(redis::cmd("EVAL").arg(REMOVE).arg(1).arg(key).arg(seen))
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

/// Redis refuses a lifetime of nothing.
fn millis(lifetime: Duration) -> u64 {
    u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX).max(1)
}

impl TokenStore for RedisTokenStore {
    fn read<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<Stored>> {
        Box::pin(async move {
            let command = redis::cmd("EVAL").arg(READ).arg(1).arg(entry_of(name)).take();
            let kept: Option<(Vec<u8>, i64)> = self.ask(&command).await?;
            Ok(kept.map(|(sealed, left)| Stored {
                sealed,
                // Negative is for ever, which is nothing that we write.
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
            self.ask(&command).await
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
            self.ask(&command).await
        })
    }

    fn release<'a>(&'a self, name: &'a str, owner: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.remove_if(&lock_of(name), owner.as_bytes()).await })
    }
}

/// Where it is, and neither user nor password.
impl fmt::Debug for RedisTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisTokenStore")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}
