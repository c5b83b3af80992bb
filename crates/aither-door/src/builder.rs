//! Building a door.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aither_client::HemeraClient;
use freshness::{Clock, SystemClock};
use tokio::sync::Semaphore;

use crate::door::{Door, OnTcp, OnUnix};
use crate::error::BindError;
use crate::limits::Limits;
use crate::listener::{tcp, unix};
use crate::local_key::LocalKey;
use crate::metrics::Metrics;
use crate::report::Report;
use crate::shared::Shared;

/// Builds a [`Door`]. It needs an address, a socket, or both; everything else has a default.
#[must_use = "a builder does nothing until `bind` is called"]
pub struct DoorBuilder {
    client: HemeraClient,
    tcp: Option<(SocketAddr, LocalKey)>,
    unix: Option<PathBuf>,
    limits: Limits,
    clock: Arc<dyn Clock>,
}

impl Door {
    /// A builder for a door in front of `client`: what comes through it is sent with the client's credential, pace, retries,
    /// circuit and response cache.
    pub fn builder(client: HemeraClient) -> DoorBuilder {
        DoorBuilder {
            client,
            tcp: None,
            unix: None,
            limits: Limits::default(),
            clock: Arc::new(SystemClock),
        }
    }
}

impl DoorBuilder {
    /// Listens on `127.0.0.1` or `[::1]`, with a port of your choice, or 0 for a free one. Every request must show the key.
    pub fn tcp(mut self, address: SocketAddr, key: LocalKey) -> Self {
        self.tcp = Some((address, key));
        self
    }

    /// Listens on a socket in the file system, which is created with mode 0600 in a directory of the door's user with mode
    /// 0700. Only programs of this user come in, and they need no key.
    pub fn unix(mut self, path: impl Into<PathBuf>) -> Self {
        self.unix = Some(path.into());
        self
    }

    /// How many connections may be open at the same time on each listener; more are closed at once. 128 by default. With 0 there
    /// is none.
    pub fn with_max_connections(mut self, connections: usize) -> Self {
        self.limits.connections = connections.min(Semaphore::MAX_PERMITS);
        self
    }

    /// How long the head of a request may take, and how long a connection may be idle. 30 s by default.
    pub fn with_head_timeout(mut self, timeout: Duration) -> Self {
        self.limits.head_timeout = timeout;
        self
    }

    /// How long the body of a request may take. 10 s by default.
    pub fn with_body_timeout(mut self, timeout: Duration) -> Self {
        self.limits.body_timeout = timeout;
        self
    }

    /// How long a caller may take nothing of its response before its connection is closed. 30 s by default.
    pub fn with_write_timeout(mut self, timeout: Duration) -> Self {
        self.limits.write_timeout = timeout;
        self
    }

    /// How long requests that have begun may take after the door was asked to stop. 35 s by default, a little more than a call
    /// of the client may take.
    pub fn with_drain_timeout(mut self, timeout: Duration) -> Self {
        self.limits.drain_timeout = timeout;
        self
    }

    /// The clock of time stamps and durations: the system's by default.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Opens the door. Requests are answered once it is [served](Door::serve), and wait until then.
    ///
    /// # Errors
    /// [`BindError`] says what is in the way, and what to do about it.
    pub fn bind(self) -> Result<Door, BindError> {
        let tcp = match self.tcp {
            None => None,
            Some((address, key)) => {
                let (listener, address) = tcp::bind(address)?;
                let key = Arc::new(key);
                Some(OnTcp {
                    listener,
                    address,
                    key,
                })
            }
        };
        let unix = match self.unix {
            None => None,
            Some(path) => {
                let (listener, file) = unix::bind(&path)?;
                Some(OnUnix { listener, file })
            }
        };
        if tcp.is_none() && unix.is_none() {
            return Err(BindError::NoListener);
        }
        let metrics = Metrics::new(&self.client);
        let report = Report::new(Arc::clone(&self.clock));
        Ok(Door {
            shared: Arc::new(Shared {
                client: self.client,
                clock: self.clock,
                limits: self.limits,
                metrics,
                report,
            }),
            tcp,
            unix,
        })
    }
}

impl fmt::Debug for DoorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DoorBuilder")
            .field("client", &self.client)
            .field("tcp", &self.tcp)
            .field("unix", &self.unix)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
