//! A request as it is written on a connection of its own, and what comes back.

use std::io::Read as _;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Longer than any response here takes; a scenario that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// In the order in which they came.
    pub(crate) headers: Vec<(String, String)>,
    /// The body without its transfer and content codings.
    pub(crate) body: String,
}

impl Response {
    /// The value of a header; empty where it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no head: {}", String::from_utf8_lossy(bytes)));
        let head = std::str::from_utf8(&bytes[..end]).expect("a head in UTF-8");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap_or((line, ""));
            (name.to_ascii_lowercase(), value.to_owned())
        };
        let mut response = Self {
            status: status.and_then(|status| status.parse().ok()).expect("a status"),
            headers: lines.map(header).collect(),
            body: String::new(),
        };
        let mut body = bytes[end + 4..].to_vec();
        if response.header("transfer-encoding") == "chunked" {
            body = joined(&body);
        }
        response.body = decoded(&body, response.header("content-encoding"));
        response
    }
}

/// Sends a request, which must ask for the connection to be closed, and reads the response.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> Response {
    let exchanging = async {
        let mut stream = TcpStream::connect(address).await.expect("a Hemera that listens");
        // A server may answer and close before it has read everything.
        let _ = stream.write_all(request).await;
        let mut bytes = Vec::new();
        let _ = AsyncReadExt::read_to_end(&mut stream, &mut bytes).await;
        bytes
    };
    let bytes = tokio::time::timeout(PATIENCE, exchanging).await;
    Response::parse(&bytes.expect("a response within the time of a scenario"))
}

/// The chunks of a body, one after the other.
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).expect("the size of a chunk");
        let size = usize::from_str_radix(size, 16).expect("the size of a chunk");
        let chunk = &rest[end + 2..];
        body.extend_from_slice(&chunk[..size]);
        rest = chunk.get(size + 2..).unwrap_or_default();
        if size == 0 {
            break;
        }
    }
    body
}

fn decoded(body: &[u8], coding: &str) -> String {
    let mut bytes = Vec::new();
    let read = match coding {
        "gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut bytes),
        "br" => brotli::Decompressor::new(body, 4096).read_to_end(&mut bytes),
        _ => return String::from_utf8(body.to_vec()).expect("a body in UTF-8"),
    };
    // The head of a compressed response comes without its body.
    if !body.is_empty() {
        read.expect("a body in its coding");
    }
    String::from_utf8(bytes).expect("a body in UTF-8")
}
