//! `aither serve`: the door is open, shut, and refuses to open.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::time::Duration;

use aither_client::hemera_types::Operation;
use aither_client::testing::Fault;
use nix::sys::signal::Signal;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::{TcpStream, UnixStream};
use tokio::process::Child;

use crate::support::academy::academy;
use crate::support::{Aither, ended, signal};

const KEY: &str = "6f1d2c3b4a5968778695a4b3c2d1e0ff";

/// Lists courses through the door, and returns the response as it came.
async fn list(mut stream: impl AsyncRead + AsyncWrite + Unpin, host: &str, key: &str) -> String {
    let request = format!(
        "GET /api/service/courses HTTP/1.1\r\nHost: {host}\r\nX-API-Key: {key}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    // A connection that is cut off has an incomplete response or none.
    let _ = stream.read_to_string(&mut response).await;
    response
}

/// The lines that a door prints until it is open, which are `lines`.
async fn opened(child: &mut Child, lines: usize) -> Vec<String> {
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    for _ in 0..lines {
        said.push(output.next_line().await.unwrap().unwrap());
    }
    said
}

#[tokio::test]
async fn door_is_open_on_an_address_until_it_is_asked_to_stop() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    aither.file("key", KEY);
    set_permissions(aither.directory().join("key"), Permissions::from_mode(0o600)).unwrap();
    let mut child = aither.start(&["serve", "--listen", "127.0.0.1:0", "--key-file", "key"]);
    let said = opened(&mut child, 1).await;
    let address = said[0].strip_prefix("listening on http://").unwrap();
    let response = list(TcpStream::connect(address).await.unwrap(), address, KEY).await;
    assert!(
        response.starts_with("HTTP/1.1 200") && response.contains("Führung"),
        "{response}"
    );
    let refused = list(
        TcpStream::connect(address).await.unwrap(),
        address,
        &KEY.replace('6', "7"),
    )
    .await;
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    assert_eq!(hemera.requests().len(), 1);
    signal(&child, Signal::SIGTERM);
    assert_eq!(ended(child).await.code, Some(0));
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn door_on_a_socket_needs_no_key_and_settings_say_where_it_is() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let directory = aither.directory().join("run");
    std::fs::DirBuilder::new().mode(0o700).create(&directory).unwrap();
    let socket = directory.join("door.sock");
    let aither = aither.with("AITHER_DOOR_SOCKET", socket.to_str().unwrap());
    let mut child = aither.start(&["serve"]);
    assert_eq!(
        opened(&mut child, 1).await,
        [format!("listening on {}", socket.display())]
    );
    let response = list(UnixStream::connect(&socket).await.unwrap(), "localhost", "").await;
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    signal(&child, Signal::SIGINT);
    assert_eq!(ended(child).await.code, Some(0));
    assert!(!socket.exists());
}

#[tokio::test]
async fn request_that_has_begun_is_answered_and_a_second_signal_cuts_it_off() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera).with("AITHER_DOOR_KEY", KEY);
    for (wait, signals, code) in [
        (Duration::from_millis(300), 1, 0),
        (Duration::from_mins(10), 2, 1),
    ] {
        hemera.clear_requests();
        hemera.fail_next(Fault::Slow(wait).on(Operation::ListCourses));
        let mut child = aither.start(&["serve", "--listen", "127.0.0.1:0"]);
        let said = opened(&mut child, 1).await;
        let address = said[0].strip_prefix("listening on http://").unwrap().to_owned();
        let stream = TcpStream::connect(&address).await.unwrap();
        let response = tokio::spawn(async move { list(stream, &address, KEY).await });
        while hemera.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for _ in 0..signals {
            signal(&child, Signal::SIGTERM);
            // Two that come together are one.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(ended(child).await.code, Some(code));
        let response = response.await.unwrap();
        assert_eq!(response.starts_with("HTTP/1.1 200"), code == 0, "{response}");
    }
}

#[tokio::test]
async fn settings_of_a_door_that_cannot_be_meant_are_3_and_repeat_no_key() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    aither.file("key", KEY);
    let open = Permissions::from_mode(0o644);
    set_permissions(aither.directory().join("key"), open).unwrap();
    for (name, value, said) in [
        ("AITHER_DOOR_LISTEN", "127.0.0.1:0", "AITHER_DOOR_KEY is missing"),
        ("AITHER_DOOR_LISTEN", "here", "AITHER_DOOR_LISTEN must be"),
        (
            "AITHER_DOOR_KEY",
            "short-secret",
            "AITHER_DOOR_KEY has fewer than 32",
        ),
        ("AITHER_DOOR_KEY_FILE", "key", "chmod 600"),
        (
            "AITHER_DOOR_KEY_FILE",
            ".",
            "is no file; name the file of the key",
        ),
        (
            "AITHER_DOOR_KEY_FILE",
            "missing",
            "AITHER_DOOR_KEY cannot be read",
        ),
    ] {
        let child = aither.command(&["serve"]).env(name, value).spawn().unwrap();
        let error = ended(child).await.failed(3);
        assert!(error.contains(said), "{error}");
        assert!(!error.contains("short-secret") && !error.contains(KEY), "{error}");
    }
    let everywhere = Aither::at(&hemera).with("AITHER_DOOR_KEY", KEY);
    let error = everywhere
        .run(&["serve", "--listen", "0.0.0.0:0"])
        .await
        .failed(3);
    assert!(
        error.contains("AITHER_DOOR_LISTEN or --listen: ") && error.contains("127.0.0.1"),
        "{error}"
    );
}

#[tokio::test]
async fn address_that_is_taken_is_1() {
    let hemera = academy().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let aither = Aither::at(&hemera).with("AITHER_DOOR_KEY", KEY);
    let error = aither.run(&["serve", "--listen", &address]).await.failed(1);
    assert!(
        error.contains(&address) && error.contains("AITHER_DOOR_LISTEN or --listen: "),
        "{error}"
    );
}
