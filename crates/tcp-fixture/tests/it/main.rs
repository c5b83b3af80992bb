//! What a client of the proxy sees.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use tcp_fixture::Proxy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Answers every byte with the same byte, and says from which port each connection came.
async fn echo() -> (String, tokio::sync::mpsc::UnboundedReceiver<u16>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (ports, seen) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, from)) = listener.accept().await {
            let _ = ports.send(from.port());
            tokio::spawn(async move {
                let (mut reader, mut writer) = stream.split();
                let _ = tokio::io::copy(&mut reader, &mut writer).await;
            });
        }
    });
    (address, seen)
}

async fn is_answered(stream: &mut TcpStream) -> bool {
    stream.write_all(b"x").await.unwrap();
    let answer = tokio::time::timeout(Duration::from_millis(300), stream.read_u8()).await;
    matches!(answer, Ok(Ok(b'x')))
}

#[tokio::test]
async fn silenced_connections_stay_open_without_an_answer_and_new_ones_work() {
    let (upstream, _seen) = echo().await;
    let proxy = Proxy::start(upstream).await.unwrap();
    let mut old = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(is_answered(&mut old).await);
    proxy.silence();
    assert!(!is_answered(&mut old).await);
    let mut new = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(is_answered(&mut new).await);
}

#[tokio::test]
async fn one_connection_is_silenced_by_its_port() {
    let (upstream, mut seen) = echo().await;
    let proxy = Proxy::start(upstream).await.unwrap();
    let mut first = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(is_answered(&mut first).await);
    let port = seen.recv().await.unwrap();
    let mut second = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(is_answered(&mut second).await);
    proxy.silence_from(port);
    assert!(!is_answered(&mut first).await);
    assert!(is_answered(&mut second).await);
}

#[tokio::test]
async fn connections_end_with_the_proxy() {
    let (upstream, _seen) = echo().await;
    let proxy = Proxy::start(upstream).await.unwrap();
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(is_answered(&mut stream).await);
    drop(proxy);
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn an_ended_proxy_ends_open_connections_and_new_ones() {
    let (upstream, _seen) = echo().await;
    let proxy = Proxy::start(upstream).await.unwrap();
    let mut open = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(is_answered(&mut open).await);
    proxy.end();
    assert_eq!(open.read(&mut [0; 1]).await.unwrap_or(0), 0);
    let mut new = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(new.read(&mut [0; 1]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn a_held_connection_is_open_without_an_answer_until_new_ones_work_again() {
    let (upstream, _seen) = echo().await;
    let proxy = Proxy::start(upstream).await.unwrap();
    proxy.hold();
    let mut held = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(!is_answered(&mut held).await);
    proxy.resume();
    let mut new = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(is_answered(&mut new).await);
    assert!(!is_answered(&mut held).await);
}

#[tokio::test]
async fn a_closed_proxy_ends_open_connections_and_refuses_new_ones() {
    let (upstream, _seen) = echo().await;
    let proxy = Proxy::start(upstream).await.unwrap();
    let mut open = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(is_answered(&mut open).await);
    proxy.close();
    assert_eq!(open.read(&mut [0; 1]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(proxy.address()).await.is_err());
}
