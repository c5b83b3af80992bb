//! SIGHUP never ends the process, and has the secrets read again.

use std::net::SocketAddr;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Child;

use super::{SecretFile, table};
use crate::command_line::{PATIENCE, borrowed, command, setup};
use crate::support::TestDatabase;

const KEY: &str = "hmr_of_the_file";

fn send(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id().unwrap()).unwrap();
    kill(Pid::from_raw(id), signal).unwrap();
}

/// Passes connections on to PostgreSQL, and calls back before it does so for the first time.
async fn pass_on(listener: TcpListener, upstream: SocketAddr, at_first: impl FnOnce()) {
    let mut at_first = Some(at_first);
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        if let Some(at_first) = at_first.take() {
            at_first();
        }
        tokio::spawn(async move {
            let mut server = TcpStream::connect(upstream).await.unwrap();
            let _ = copy_bidirectional(&mut client, &mut server).await;
        });
    }
}

/// The status of a read with the service key.
async fn status(address: &str) -> Option<u16> {
    let mut connection = TcpStream::connect(address).await.ok()?;
    let request = format!(
        "GET {} HTTP/1.1\r\nhost: h\r\nx-api-key: {KEY}\r\nconnection: close\r\n\r\n",
        super::READ
    );
    connection.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

async fn until_status(address: &str, wanted: u16) {
    let asking = async { while status(address).await != Some(wanted) {} };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .unwrap_or_else(|_| panic!("no {wanted}"));
}

/// The answer to a write that begins before SIGTERM and ends after it, with a SIGHUP in the middle and one at the end.
async fn write_while_it_stops(server: &Child, address: &str) -> String {
    let mut writer = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PUT /api/service/participations/participation_1001/result HTTP/1.1\r\nhost: h\r\nx-api-key: {KEY}\r\n\
         content-type: application/json\r\ncontent-length: 19\r\nexpect: 100-continue\r\n\r\n"
    );
    writer.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 64];
    assert_ne!(writer.read(&mut interim).await.unwrap(), 0);
    send(server, Signal::SIGTERM);
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    send(server, Signal::SIGHUP);
    writer.write_all(br#"{"resultNotes":"x"}"#).await.unwrap();
    let mut answer = String::new();
    writer.read_to_string(&mut answer).await.unwrap();
    send(server, Signal::SIGHUP);
    answer
}

#[tokio::test]
async fn sighup_counts_while_the_server_starts_while_it_serves_and_while_it_stops() {
    let database = TestDatabase::create().await;
    let file = SecretFile::with(table("file", KEY));
    // So long that only SIGHUP can have caused a look.
    let (_clerk, mut settings) = setup(
        &database,
        &[
            ("HEMERA_SERVICE_KEYS_FILE", file.path()),
            ("HEMERA_SECRETS__INTERVAL", "1h"),
        ],
    )
    .await;
    let mut url = url::Url::parse(&database.server_url()).unwrap();
    let upstream = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
    let upstream = tokio::net::lookup_host(upstream).await.unwrap().next().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    url.set_ip_host([127, 0, 0, 1].into()).unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    settings.push(("DATABASE_URL".to_owned(), url.into()));

    let mut server = command(&["serve"])
        .envs(borrowed(&settings))
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let id = Pid::from_raw(i32::try_from(server.id().unwrap()).unwrap());
    // It connects, and so does not serve yet. The file was read already, and is another one now.
    tokio::spawn(pass_on(listener, upstream, {
        let path = file.path.clone();
        move || {
            std::fs::write(path, "").unwrap();
            kill(id, Signal::SIGHUP).unwrap();
        }
    }));
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap();
    let line = line.unwrap().expect("SIGHUP has ended the start");
    let (_, address) = line.split_once("http://").unwrap();
    until_status(address, 401).await;

    file.write(table("file", KEY));
    // Many at once, as a script may send them.
    for _ in 0..20 {
        send(&server, Signal::SIGHUP);
    }
    until_status(address, 200).await;

    let answer = write_while_it_stops(&server, address).await;
    assert!(answer.contains("200 OK"), "{answer}");
    let ended = tokio::time::timeout(PATIENCE, server.wait())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ended.code(), Some(0), "{ended}");
}
