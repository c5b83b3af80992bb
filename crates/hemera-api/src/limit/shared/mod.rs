//! The store in which several servers count together: a Redis, or what speaks its protocol.
//!
//! It may be lost at any time. Then a request waits for it no longer than the time-out, once; the others do not ask
//! until somebody who looked for it in the background has found it. Who cannot ask decides on its own
//! ([`super::Limiter::check`]): a lost store never means that everything is let through.

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
use super::decision::Decision;
use super::rate::Rate;
use crate::config::RedisConfig;

/// How long a new connection may take. No request waits for one.
const CONNECT: Duration = Duration::from_secs(2);

/// The shared store.
pub(super) struct SharedStore {
    client: Client,
    gcra: Gcra,
    /// Host and port, for messages.
    place: String,
    /// The longest that a request waits.
    patience: Duration,
    clock: Arc<dyn Clock>,
    link: Mutex<Link<MultiplexedConnection>>,
}

impl SharedStore {
    /// Connects. A store that does not answer is no reason not to start.
    pub(super) async fn connect(
        config: &RedisConfig,
        window: Duration,
        clock: &Arc<dyn Clock>,
    ) -> RedisResult<Arc<Self>> {
        let store = Arc::new(Self {
            client: config.url.client()?,
            gcra: Gcra::new(),
            place: config.url.shown(),
            patience: config.timeout,
            clock: Arc::clone(clock),
            link: Mutex::new(Link::new(window)),
        });
        if let Err(problem) = store.look().await {
            store.tell_loss(&problem);
        }
        Ok(store)
    }

    /// Whether it answered when it was last asked.
    pub(super) fn is_live(&self) -> bool {
        self.link.lock().is_live()
    }

    /// Counts one request; `None` where the store is lost.
    pub(super) async fn decide(self: &Arc<Self>, cell: &str, rate: Rate) -> Option<Decision> {
        let found = self.link.lock().find(self.now());
        let (mut connection, generation) = match found {
            Found::Live(connection, generation) => (connection, generation),
            Found::LostAndDue => {
                // In the background: this request has waited for nobody.
                tokio::spawn(Arc::clone(self).look_again());
                return None;
            }
            Found::Lost => return None,
        };
        let asked = self.gcra.decide(&mut connection, cell, rate);
        let problem = match timeout(self.patience, asked).await {
            Ok(Ok(decision)) => return Some(decision),
            Ok(Err(error)) => error.to_string(),
            Err(_) => self.no_answer(),
        };
        if self.link.lock().lose(generation, self.now()) {
            self.tell_loss(&problem);
        }
        None
    }

    async fn look_again(self: Arc<Self>) {
        if self.look().await.is_ok() {
            tracing::info!(
                store = self.place,
                "the shared store of the rate limits is back: servers count together again"
            );
        }
    }

    /// Connects anew. It has to answer as fast as requests will want it to.
    async fn look(&self) -> Result<(), String> {
        let outcome = self.reach().await;
        match outcome {
            Ok(connection) => {
                self.link.lock().found(connection, self.now());
                Ok(())
            }
            Err(problem) => {
                self.link.lock().not_found(self.now());
                Err(problem)
            }
        }
    }

    async fn reach(&self) -> Result<MultiplexedConnection, String> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(self.patience));
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = timeout(CONNECT, connecting)
            .await
            .map_err(|_| "no connection in time".to_owned())?
            .map_err(|error| error.to_string())?;
        timeout(self.patience, self.gcra.load(&mut connection))
            .await
            .map_err(|_| self.no_answer())?
            .map_err(|error| error.to_string())?;
        Ok(connection)
    }

    fn no_answer(&self) -> String {
        format!("no answer within {}", humantime::format_duration(self.patience))
    }

    fn tell_loss(&self, problem: &str) {
        tracing::warn!(
            store = self.place,
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
            .field("place", &self.place)
            .field("is_live", &self.is_live())
            .finish_non_exhaustive()
    }
}
