//! A process that may have too few open files says so, and goes on when there are some again.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, Command};

use super::{PATIENCE, borrowed, setup};
use crate::support::TestDatabase;

/// Enough to start, and fewer than the connections below.
const OPEN_FILES: usize = 60;

/// A server with that many open files, the addresses that it prints, and its log.
async fn serve(settings: &[(&str, &str)]) -> (Child, [String; 2], Lines<BufReader<ChildStderr>>) {
    let script = format!("ulimit -n {OPEN_FILES} && exec \"$0\" serve");
    let mut server = Command::new("/bin/sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_hemera-api")])
        .env_clear()
        .envs(settings.iter().copied())
        .kill_on_drop(true)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = BufReader::new(server.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(PATIENCE, printed.next_line()).await.unwrap();
    let line: Value = serde_json::from_str(&line.unwrap().unwrap()).unwrap();
    let addresses = ["origin", "metrics"].map(|name| {
        let (_, origin) = line[name].as_str().unwrap().split_once("http://").unwrap();
        origin.split('/').next().unwrap().to_owned()
    });
    let log = BufReader::new(server.stderr.take().unwrap()).lines();
    (server, addresses, log)
}

/// The next line of the log whose message has this in it.
async fn line(log: &mut Lines<BufReader<ChildStderr>>, text: &str) -> Value {
    let reading = async {
        while let Some(line) = log.next_line().await.unwrap() {
            let line: Value = serde_json::from_str(&line).unwrap();
            if line["message"].as_str().unwrap().contains(text) {
                return line;
            }
        }
        panic!("the log ends without {text:?}")
    };
    tokio::time::timeout(PATIENCE, reading)
        .await
        .expect("the log has no such line")
}

/// The answer to one request, or nothing where the connection is not accepted in time.
async fn ask(address: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let reading = connection.read_to_string(&mut answer);
    tokio::time::timeout(PATIENCE, reading).await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn connections_that_cannot_be_accepted_are_reported() {
    let database = TestDatabase::create().await;
    let (_clerk, settings) = setup(
        &database,
        &[
            ("HEMERA_LOG__FORMAT", "json"),
            ("HEMERA_METRICS__LISTEN", "127.0.0.1:0"),
        ],
    )
    .await;
    let (mut server, [address, metrics], mut log) = serve(&borrowed(&settings)).await;
    let warned = line(&mut log, "may not have as many open files").await;
    assert_eq!(
        (&warned["level"], &warned["limit"]),
        (&"WARN".into(), &OPEN_FILES.into())
    );
    assert!(
        warned["message"].as_str().unwrap().contains("LimitNOFILE="),
        "{warned}"
    );

    let mut held = Vec::new();
    for _ in 0..2 * OPEN_FILES {
        held.push(TcpStream::connect(&address).await.unwrap());
    }
    let refused = line(&mut log, "connections cannot be accepted").await;
    assert_eq!(refused["reason"], "no_descriptor");
    assert!(
        refused["message"].as_str().unwrap().contains("ulimit -n"),
        "{refused}"
    );

    drop(held);
    assert!(ask(&address, "/livez").await.ends_with("live\n"));
    let counted = ask(&metrics, "/metrics").await;
    let failures = counted
        .lines()
        .find_map(|line| line.strip_prefix("hemera_http_accept_failures_total{reason=\"no_descriptor\"} "));
    assert!(failures.unwrap().parse::<u64>().unwrap() >= 1, "{counted}");
    server.kill().await.unwrap();
}
