//! A connection can be used again after every answer, or the answer announces that it ends.

use clerk_emulator::{ClerkEmulator, Effect, Fault};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::support::{production, service_user};

const BODY: &str = r#"{"a":1}"#;

/// One connection, on which a test says byte for byte what is sent and when.
struct Connection(BufReader<TcpStream>);

/// What came back.
struct Answer {
    status: u16,
    closes: bool,
}

impl Connection {
    async fn open(emulator: &ClerkEmulator) -> Self {
        Self(BufReader::new(
            TcpStream::connect(emulator.address()).await.unwrap(),
        ))
    }

    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).await.unwrap();
        assert_ne!(read, 0, "the connection was closed without notice");
        line.trim_end().to_ascii_lowercase()
    }

    async fn answer(&mut self) -> Answer {
        let status_line = self.line().await;
        let status = status_line.split(' ').nth(1).unwrap().parse().unwrap();
        let (mut length, mut closes) = (0, false);
        loop {
            let line = self.line().await;
            match line.split_once(": ") {
                None => break,
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("connection", value)) => closes = value == "close",
                Some(_) => {}
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.unwrap();
        Answer { status, closes }
    }

    async fn has_ended(&mut self) -> bool {
        self.0.read(&mut [0; 1]).await.is_ok_and(|read| read == 0)
    }
}

fn head(method: &str, path: &str, key: &str, length: usize) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: clerk\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}

/// Waits until the head of a request has been read.
async fn arrived(emulator: &ClerkEmulator, method: &str, path: &str, earlier: usize) {
    while emulator.journal(method, path).len() <= earlier {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_answer_that_needs_no_body_waits_for_it_and_keeps_the_connection() {
    let (emulator, caller) = production().await;
    for (path, effect) in [
        ("/v1/faulty/status", Effect::Status(503)),
        ("/v1/faulty/retry", Effect::RetryAfter(1)),
        ("/v1/faulty/garbage", Effect::Garbage),
    ] {
        emulator.add_fault(Fault::new(path, effect));
    }
    let unban = format!("/v1/users/{}/unban", service_user(&emulator));
    let table = [
        ("POST", "/v1/unknown", "sk_live_emulator", 404),
        ("POST", "/v1/jwks", "sk_live_emulator", 405),
        ("POST", "/v1/sessions", "sk_live_other", 401),
        ("POST", unban.as_str(), "sk_live_emulator", 200),
        ("POST", "/v1/faulty/status", "sk_live_emulator", 503),
        ("POST", "/v1/faulty/retry", "sk_live_emulator", 429),
        ("PUT", "/v1/faulty/garbage", "sk_live_emulator", 200),
    ];
    let mut connection = Connection::open(&emulator).await;
    for round in 0..50 {
        for (method, path, key, status) in table {
            connection.send(&head(method, path, key, BODY.len())).await;
            arrived(&emulator, method, path, round).await;
            // Another exchange meanwhile: time enough to answer too early.
            caller.get("/v1/jwks").await.ok();
            connection.send(BODY).await;
            let answer = connection.answer().await;
            assert_eq!((answer.status, answer.closes), (status, false), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn pipelined_requests_are_all_answered_in_order() {
    let (emulator, _caller) = production().await;
    let mut connection = Connection::open(&emulator).await;
    let mut text = String::new();
    for number in 0..200 {
        let (path, key) = match number % 3 {
            0 => ("/v1/unknown", "sk_live_emulator"),
            1 => ("/v1/sessions", "sk_live_other"),
            _ => ("/v1/users/user_unknown/ban", "sk_live_emulator"),
        };
        text.push_str(&head("POST", path, key, BODY.len()));
        text.push_str(BODY);
    }
    connection.send(&text).await;
    for number in 0..200 {
        let expected = if number % 3 == 1 { 401 } else { 404 };
        let answer = connection.answer().await;
        assert_eq!((answer.status, answer.closes), (expected, false), "{number}");
    }
}

#[tokio::test]
async fn a_body_in_chunks_is_read_to_its_end() {
    let (emulator, _caller) = production().await;
    let mut connection = Connection::open(&emulator).await;
    for round in 0..20 {
        let head = "POST /v1/unknown HTTP/1.1\r\nhost: clerk\r\ntransfer-encoding: chunked\r\n\r\n";
        connection.send(head).await;
        arrived(&emulator, "POST", "/v1/unknown", round).await;
        connection.send("3\r\nabc\r\n").await;
        connection.send("4\r\ndefg\r\n0\r\n\r\n").await;
        assert_eq!(connection.answer().await.status, 404);
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_refused_and_the_connection_ends() {
    let (emulator, _caller) = production().await;
    let mut connection = Connection::open(&emulator).await;
    let head = head("POST", "/v1/sessions", "sk_live_emulator", 10);
    connection.send(&head).await;
    arrived(&emulator, "POST", "/v1/sessions", 0).await;
    // Time passes as soon as both sides wait.
    tokio::time::pause();
    let answer = connection.answer().await;
    assert_eq!((answer.status, answer.closes), (408, true));
    assert!(connection.has_ended().await);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let (emulator, _caller) = production().await;
    let mut connection = Connection::open(&emulator).await;
    let megabyte = "x".repeat(1024 * 1024);
    // What is only a little too large is read, and the connection stays.
    let path = "/v1/sign_in_tokens";
    let three = head("POST", path, "sk_live_emulator", 3 * megabyte.len());
    connection.send(&three).await;
    for _ in 0..3 {
        connection.send(&megabyte).await;
    }
    let answer = connection.answer().await;
    assert_eq!((answer.status, answer.closes), (413, false));
    let hundred = head("POST", path, "sk_live_emulator", 100 * megabyte.len());
    connection.send(&hundred).await;
    for _ in 0..16 {
        connection.send(&megabyte).await;
    }
    connection.send("x").await;
    let answer = connection.answer().await;
    assert_eq!((answer.status, answer.closes), (413, true));
    assert!(connection.has_ended().await);
}
