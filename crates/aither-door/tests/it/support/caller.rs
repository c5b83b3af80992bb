//! A caller that writes what it likes, and reads what comes.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use aither_client::hemera_types::Failure;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

/// Far more than any exchange of a test takes.
const BOUND: Duration = Duration::from_secs(20);

/// Waits for what must happen, and fails where it does not.
pub(crate) async fn within_bound<T>(what: impl Future<Output = T>) -> T {
    timeout(BOUND, what).await.unwrap()
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// One connection to a door.
pub(crate) struct Caller(Box<dyn Stream>);

/// A response.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// In lower case, in order of arrival.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Caller {
    pub(crate) async fn on_tcp(address: SocketAddr) -> Self {
        Self(Box::new(TcpStream::connect(address).await.unwrap()))
    }

    pub(crate) async fn on_unix(path: &Path) -> Self {
        Self(Box::new(UnixStream::connect(path).await.unwrap()))
    }

    /// Writes as much as the door takes: it may have refused already.
    pub(crate) async fn send(&mut self, text: impl AsRef<[u8]>) {
        let sent = timeout(BOUND, self.0.write_all(text.as_ref())).await.unwrap();
        drop(sent);
    }

    /// All bytes until the door closes the connection.
    pub(crate) async fn read_to_end(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = timeout(BOUND, self.0.read(&mut buffer)).await.unwrap() {
            bytes.extend_from_slice(&buffer[..read]);
        }
        bytes
    }

    /// The next response on this connection, which stays open.
    pub(crate) async fn next(&mut self) -> Reply {
        let mut bytes = Vec::new();
        loop {
            if let Some(reply) = Reply::parse(&bytes).filter(Reply::is_complete) {
                return reply;
            }
            let mut buffer = [0; 4096];
            let read = timeout(BOUND, self.0.read(&mut buffer)).await.unwrap().unwrap();
            assert!(
                read > 0,
                "the connection ended: {}",
                String::from_utf8_lossy(&bytes)
            );
            bytes.extend_from_slice(&buffer[..read]);
        }
    }

    /// The only response on this connection, which the door closes after it.
    pub(crate) async fn last(&mut self) -> Reply {
        let bytes = self.read_to_end().await;
        let reply = Reply::parse(&bytes);
        reply.unwrap_or_else(|| panic!("no response: {}", String::from_utf8_lossy(&bytes)))
    }
}

impl Reply {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        Some(Self {
            status,
            headers: headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            body: bytes[end + 4..].to_vec(),
        })
    }

    fn is_complete(&self) -> bool {
        let length = self
            .header("content-length")
            .map(|length| length.parse().unwrap());
        self.body.len() >= length.unwrap_or(0)
    }

    /// The only value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} is there twice: {self:?}");
        value
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The word of the door for why it has not passed on a request or has no response of Hemera's.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.header("x-aither-door")
    }

    /// The envelope of an error.
    pub(crate) fn failure(&self) -> Failure {
        serde_json::from_slice(&self.body).unwrap_or_else(|fault| panic!("{fault}: {}", self.text()))
    }
}
