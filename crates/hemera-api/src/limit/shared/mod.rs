//! The store in which several servers count together: a Redis, or a server that speaks its protocol.
//!
//! It may be lost at any time. Then one request waits for it, no longer than the time-out; the others do not use it
//! until a task in the background has reconnected. Without the store the server decides by its own counts
//! ([`super::Limiter::check`]): a lost store never means that everything is admitted.

mod gcra;
mod link;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use parking_lot::Mutex;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisResult};
use tokio::time::timeout;

use self::gcra::Gcra;
use self::link::{Found, Link};
use super::cost::Cost;
use super::decision::Decision;
use super::rate::Rate;
use crate::config::RedisConfig;

/// How long a new connection may take. No request waits for it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The shared store.
pub(super) struct SharedStore {
    client: Client,
    gcra: Gcra,
    /// Host and port, for messages.
    address: String,
    /// How long a request waits at most.
    timeout: Duration,
    clock: Arc<dyn Clock>,
    link: Mutex<Link<MultiplexedConnection>>,
}

impl SharedStore {
    /// Connects. A store that does not answer counts as lost, and is not an error.
    pub(super) async fn connect(
        config: &RedisConfig,
        window: Duration,
        clock: &Arc<dyn Clock>,
    ) -> RedisResult<Arc<Self>> {
        let store = Arc::new(Self {
            client: config.url.client()?,
            gcra: Gcra::new(),
            address: config.url.shown(),
            timeout: config.timeout,
            clock: Arc::clone(clock),
            link: Mutex::new(Link::new(window)),
        });
        if let Err(problem) = store.reconnect().await {
            store.log_loss(&problem);
        }
        Ok(store)
    }

    /// Whether it answered the last request.
    pub(super) fn is_connected(&self) -> bool {
        self.link.lock().is_connected()
    }

    /// Counts a request, or the rest of one; `None` if the store is lost.
    pub(super) async fn decide(self: &Arc<Self>, cell: &str, rate: Rate, cost: Cost) -> Option<Decision> {
        let found = self.link.lock().find(self.now());
        let (mut connection, generation) = match found {
            Found::Connected(connection, generation) => (connection, generation),
            Found::RetryDue => {
                // In the background, so that this request does not wait.
                tokio::spawn(Arc::clone(self).reconnect_in_background());
                return None;
            }
            Found::Lost => return None,
        };
        let answer = self.gcra.decide(&mut connection, cell, rate, cost);
        let problem = match timeout(self.timeout, answer).await {
            Ok(Ok(decision)) => return Some(decision),
            Ok(Err(error)) => error.to_string(),
            Err(_) => self.no_answer(),
        };
        if self.link.lock().connection_failed(generation, self.now()) {
            self.log_loss(&problem);
        }
        None
    }

    async fn reconnect_in_background(self: Arc<Self>) {
        if self.reconnect().await.is_ok() {
            tracing::info!(
                store = self.address,
                "the shared store of the rate limits is back: servers count together again"
            );
        }
    }

    /// Tries to connect. The store must answer within the time-out of requests.
    async fn reconnect(&self) -> Result<(), String> {
        let outcome = self.open().await;
        match outcome {
            Ok(connection) => {
                self.link.lock().connected(connection, self.now());
                Ok(())
            }
            Err(problem) => {
                self.link.lock().attempt_failed(self.now());
                Err(problem)
            }
        }
    }

    async fn open(&self) -> Result<MultiplexedConnection, String> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(self.timeout));
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = timeout(CONNECT_TIMEOUT, connecting)
            .await
            .map_err(|_| "no connection in time".to_owned())?
            .map_err(|error| error.to_string())?;
        timeout(self.timeout, self.gcra.load(&mut connection))
            .await
            .map_err(|_| self.no_answer())?
            .map_err(|error| error.to_string())?;
        Ok(connection)
    }

    fn no_answer(&self) -> String {
        format!("no answer within {}", humantime::format_duration(self.timeout))
    }

    fn log_loss(&self, problem: &str) {
        tracing::warn!(
            store = self.address,
            problem,
            "the shared store of the rate limits is lost: this server goes on with its share of them until it is back"
        );
    }

    fn now(&self) -> Duration {
        self.clock.now().monotonic
    }
}

impl fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedStore")
            .field("address", &self.address)
            .field("is_connected", &self.is_connected())
            .finish_non_exhaustive()
    }
}
