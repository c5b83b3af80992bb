//! A proxy that makes tunnels to the hosts that it knows, and records all that it sees.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

struct Shared {
    /// `host:port`, and where it really is.
    hosts: Vec<(&'static str, SocketAddr)>,
    /// What a request must have, if the proxy wants credentials.
    authorization: Option<&'static str>,
    heads: Mutex<Vec<String>>,
    /// All bytes of clients, heads and what passed through tunnels.
    seen: Mutex<Vec<u8>>,
}

/// Listens on a port of its own; stops when dropped.
pub(crate) struct ConnectProxy {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl ConnectProxy {
    /// A proxy for these hosts. With `authorization`, it wants `Proxy-Authorization` to be that.
    pub(crate) async fn start(
        hosts: impl IntoIterator<Item = (&'static str, SocketAddr)>,
        authorization: Option<&'static str>,
    ) -> Self {
        let shared = Arc::new(Shared {
            hosts: hosts.into_iter().collect(),
            authorization,
            heads: Mutex::default(),
            seen: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = Arc::clone(&serving);
                tokio::spawn(async move { shared.serve(client).await });
            }
        });
        Self {
            shared,
            address,
            task,
        }
    }

    /// Its address with these credentials, or none.
    pub(crate) fn url(&self, credentials: &str) -> String {
        format!("http://{credentials}{}", self.address)
    }

    /// The heads of all requests.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.shared.heads.lock().clone()
    }

    /// The first lines of all requests, each once, sorted.
    pub(crate) fn lines(&self) -> Vec<String> {
        let heads = self.heads();
        let mut lines: Vec<_> = heads
            .iter()
            .map(|head| head.lines().next().unwrap_or_default().to_owned())
            .collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    /// Whether these bytes have been sent to the proxy, also through a tunnel.
    pub(crate) fn has_seen(&self, text: &str) -> bool {
        let seen = self.shared.seen.lock();
        seen.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

impl Drop for ConnectProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await?);
        }
        self.seen.lock().extend_from_slice(&head);
        let head = String::from_utf8(head).unwrap();
        self.heads.lock().push(head.clone());
        let is_admitted = self.authorization.is_none_or(|expected| {
            head.lines().any(|line| {
                line.split_once(": ").is_some_and(|(name, value)| {
                    name.eq_ignore_ascii_case("proxy-authorization") && value == expected
                })
            })
        });
        if !is_admitted {
            return client
                .write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                .await;
        }
        let host = head.split(' ').nth(1).unwrap_or_default();
        let Some((_, address)) = self
            .hosts
            .iter()
            .find(|(known, _)| head.starts_with("CONNECT ") && *known == host)
        else {
            return client.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await;
        };
        let server = TcpStream::connect(address).await?;
        client
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .await?;
        let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
            (client.into_split(), server.into_split());
        tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
        let mut bytes = [0; 4096];
        loop {
            match from_client.read(&mut bytes).await? {
                0 => return Ok(()),
                length => {
                    self.seen.lock().extend_from_slice(&bytes[..length]);
                    to_server.write_all(&bytes[..length]).await?;
                }
            }
        }
    }
}
