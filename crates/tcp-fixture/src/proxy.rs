//! The proxy.

use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio::task::{AbortHandle, JoinSet};

/// How many orders a connection may have missed; more than any test gives at once.
const ORDERS: usize = 64;

/// A proxy on a loopback port of its own. It ends with the value, and so do its connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    orders: broadcast::Sender<Order>,
    refuses: Arc<AtomicBool>,
    holds: Arc<AtomicBool>,
    accepting: AbortHandle,
}

/// What becomes of open connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Silence,
    /// The one that reaches the server from this port falls silent.
    SilenceFrom(u16),
    End,
}

impl Proxy {
    /// Listens for connections to `upstream`, `host:port`.
    ///
    /// # Errors
    /// There is no port to listen on.
    pub async fn start(upstream: impl Into<String>) -> io::Result<Self> {
        let upstream = upstream.into();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (orders, _) = broadcast::channel(ORDERS);
        let subscribed = orders.clone();
        let refuses = Arc::new(AtomicBool::new(false));
        let is_ended = Arc::clone(&refuses);
        let holds = Arc::new(AtomicBool::new(false));
        let held_back = Arc::clone(&holds);
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            let mut held = Vec::new();
            while let Ok((client, _)) = listener.accept().await {
                if is_ended.load(Ordering::Relaxed) {
                    continue;
                }
                if held_back.load(Ordering::Relaxed) {
                    held.push(client);
                    continue;
                }
                connections.spawn(carry(client, upstream.clone(), subscribed.subscribe()));
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self {
            address,
            orders,
            refuses,
            holds,
            accepting: accepting.abort_handle(),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Silences every connection that is open now. New ones work.
    pub fn silence(&self) {
        // Without a connection there is no receiver, and nothing to silence.
        let _ = self.orders.send(Order::Silence);
    }

    /// Silences the one connection that the server sees coming from this port.
    pub fn silence_from(&self, port: u16) {
        let _ = self.orders.send(Order::SilenceFrom(port));
    }

    /// Ends every connection that is open now, and each new one before it carries anything: as a server does that is about
    /// to end.
    pub fn end(&self) {
        self.refuses.store(true, Ordering::Relaxed);
        let _ = self.orders.send(Order::End);
    }

    /// Takes new connections and carries nothing over them: as a server does that hangs.
    pub fn hold(&self) {
        self.holds.store(true, Ordering::Relaxed);
    }

    /// New connections work again. Those that were held stay silent.
    pub fn resume(&self) {
        self.holds.store(false, Ordering::Relaxed);
    }

    /// Ends every connection and closes the port, soon after: connections are refused then.
    pub fn close(&self) {
        self.accepting.abort();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn carry(mut client: TcpStream, upstream: String, mut orders: broadcast::Receiver<Order>) {
    // A server that cannot be reached: the caller sees its connection end.
    let Ok(mut server) = TcpStream::connect(upstream).await else {
        return;
    };
    let Ok(local) = server.local_addr() else { return };
    let own_order = async {
        loop {
            match orders.recv().await {
                Ok(order @ (Order::Silence | Order::End)) => return order,
                Ok(order @ Order::SilenceFrom(port)) if port == local.port() => return order,
                Ok(Order::SilenceFrom(_)) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => pending().await,
            }
        }
    };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        order = own_order => {
            if order != Order::End {
                // Both sockets stay open, and nothing reads from them, until the proxy ends.
                pending::<()>().await;
            }
        }
    }
}
