//! A TCP proxy in front of PostgreSQL whose connections can be silenced: they stay open and carry nothing any more, as
//! behind a firewall that has forgotten them. No reset says so.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A proxy that ends with its test.
#[derive(Debug)]
pub(crate) struct Proxy {
    address: SocketAddr,
    silenced: watch::Sender<u32>,
}

impl Proxy {
    /// Listens for connections to `upstream`, `host:port`.
    pub(crate) async fn start(upstream: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let silenced = watch::Sender::new(0);
        let connections = silenced.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, upstream.clone(), connections.subscribe()));
            }
        });
        Self { address, silenced }
    }

    /// Silences every connection that is open now. New ones work.
    pub(crate) fn silence(&self) {
        self.silenced.send_modify(|times| *times += 1);
    }

    /// The same database through this proxy.
    pub(crate) fn url(&self, url: &str) -> String {
        let mut url = url::Url::parse(url).unwrap();
        url.set_ip_host(self.address.ip()).unwrap();
        url.set_port(Some(self.address.port())).unwrap();
        url.into()
    }
}

async fn carry(mut client: TcpStream, upstream: String, mut silenced: watch::Receiver<u32>) {
    let mut server = TcpStream::connect(upstream).await.unwrap();
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        Ok(()) = silenced.changed() => {
            // Both sockets stay open, and nobody reads from them, until the test ends.
            std::future::pending::<()>().await;
        }
    }
}
