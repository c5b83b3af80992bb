//! What stands in front of the servers: it spreads connections over them in turn, and notes every answer that it carries.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use uuid::Uuid;

/// The most bytes of a head that are looked at.
const LONGEST_HEAD: usize = 64 * 1024;

/// An answer as a client got it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// When, on the monotonic clock.
    pub(crate) at: Duration,
    /// Whether the request was a write.
    pub(crate) is_write: bool,
    pub(crate) status: u16,
    /// Its record in the audit log.
    pub(crate) record: Option<Uuid>,
}

/// A TCP balancer on a loopback port. It ends with the value.
#[derive(Debug)]
pub(crate) struct Front {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: AbortHandle,
}

#[derive(Debug, Default)]
struct Shared {
    servers: Mutex<Servers>,
    answers: Mutex<Vec<Answer>>,
}

#[derive(Debug, Default)]
struct Servers {
    addresses: Vec<SocketAddr>,
    turn: usize,
}

impl Front {
    /// Listens; there are no servers yet.
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let carried = Arc::clone(&shared);
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(Arc::clone(&carried).carry(client));
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self {
            address,
            shared,
            accepting: accepting.abort_handle(),
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// New connections go to these, in turn. Open ones stay where they are.
    pub(crate) fn lead_to(&self, addresses: Vec<SocketAddr>) {
        held(&self.shared.servers).addresses = addresses;
    }

    /// The answers so far.
    pub(crate) fn answers(&self) -> Vec<Answer> {
        held(&self.shared.answers).clone()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    /// A connection to the next server that takes one.
    async fn connect(&self) -> Option<TcpStream> {
        let in_turn = {
            let mut servers = held(&self.servers);
            let count = servers.addresses.len().max(1);
            servers.turn = (servers.turn + 1) % count;
            let mut addresses = servers.addresses.clone();
            let turn = servers.turn.min(addresses.len());
            addresses.rotate_left(turn);
            addresses
        };
        for address in in_turn {
            if let Ok(stream) = TcpStream::connect(address).await {
                return Some(stream);
            }
        }
        None
    }

    async fn carry(self: Arc<Self>, mut client: TcpStream) {
        let Some(mut server) = self.connect().await else {
            return;
        };
        // Small answers must not wait for more.
        let _ = client.set_nodelay(true).and(server.set_nodelay(true));
        let mut exchange = Exchange::default();
        let (mut from_client, mut from_server) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
        loop {
            let carried = tokio::select! {
                read = client.read(&mut from_client) => match read {
                    Ok(length @ 1..) => {
                        exchange.asked(&from_client[..length]);
                        server.write_all(&from_client[..length]).await
                    }
                    _ => return,
                },
                read = server.read(&mut from_server) => match read {
                    Ok(length @ 1..) => {
                        let written = client.write_all(&from_server[..length]).await;
                        if let Some(answer) = exchange.answered(&from_server[..length]) {
                            held(&self.answers).push(answer);
                        }
                        written
                    }
                    _ => return,
                },
            };
            if carried.is_err() {
                return;
            }
        }
    }
}

/// Where a connection is in its exchange. The client sends one request at a time.
#[derive(Debug, Default)]
struct Exchange {
    is_write: bool,
    /// The answer's head as far as it has come; nothing once it is complete.
    head: Option<Vec<u8>>,
}

impl Exchange {
    fn asked(&mut self, bytes: &[u8]) {
        if self.head.is_none() {
            self.is_write = bytes.starts_with(b"PUT ");
            self.head = Some(Vec::new());
        }
    }

    fn answered(&mut self, bytes: &[u8]) -> Option<Answer> {
        let head = self.head.as_mut()?;
        head.extend_from_slice(bytes);
        let end = head.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        if end.is_none() && head.len() < LONGEST_HEAD {
            return None;
        }
        let text = String::from_utf8_lossy(&head[..end.unwrap_or_default()]).into_owned();
        self.head = None;
        let mut lines = text.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let record = lines
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("x-audit-record"))
            .and_then(|(_, value)| value.parse().ok());
        Some(Answer {
            at: SystemClock.now().monotonic,
            is_write: self.is_write,
            status,
            record,
        })
    }
}

/// The lock's content also after another task's panic.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
