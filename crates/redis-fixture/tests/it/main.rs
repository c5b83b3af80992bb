//! The fixture, seen from outside: what a test may rely on, and that nothing is left behind.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use redis_fixture::RedisServer;

/// Set in the copy of this very test that is killed half-way.
const VICTIM: &str = "REDIS_FIXTURE_VICTIM";

/// Sends lines to a server and reads as many answers.
fn ask(url: &str, commands: &[&str]) -> Vec<String> {
    let (mut stream, password) = connect(url);
    write!(stream, "AUTH {password}\r\n{}\r\n", commands.join("\r\n")).unwrap();
    let answers = BufReader::new(stream).lines().skip(1);
    answers.take(commands.len()).map(Result::unwrap).collect()
}

fn connect(url: &str) -> (TcpStream, String) {
    let (password, address) = parts(url);
    let stream = TcpStream::connect(address).unwrap();
    (stream, password)
}

fn parts(url: &str) -> (String, String) {
    let rest = url.strip_prefix("redis://:").unwrap();
    let (password, rest) = rest.split_once('@').unwrap();
    (password.to_owned(), rest.strip_suffix("/0").unwrap().to_owned())
}

#[test]
fn a_value_is_held_until_the_flush() {
    let redis = RedisServer::start().unwrap();
    assert_eq!(ask(&redis.url(), &["SET a 1", "PING"]), ["+OK", "+PONG"]);
    redis.flush().unwrap();
    assert_eq!(ask(&redis.url(), &["DBSIZE"]), [":0"]);
}

#[test]
fn it_says_which_product_it_is() {
    let product = RedisServer::start().unwrap().product().unwrap();
    let (name, version) = product.split_once(' ').unwrap();
    assert!(matches!(name, "redis" | "valkey"), "{product}");
    assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{product}");
}

#[test]
fn a_command_without_the_password_is_refused() {
    let redis = RedisServer::start().unwrap();
    let (mut stream, password) = connect(&redis.url());
    stream.write_all(b"PING\r\n").unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    assert!(answer.starts_with("-NOAUTH"), "{answer}");
    assert!(!format!("{redis:?}").contains(&password));
}

#[test]
fn a_restarted_server_has_the_same_address_and_is_empty() {
    let mut redis = RedisServer::start().unwrap();
    let url = redis.url();
    assert_eq!(ask(&url, &["SET a 1"]), ["+OK"]);
    redis.stop();
    let refused = TcpStream::connect(parts(&url).1).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert!(redis.flush().is_err());
    redis.restart().unwrap();
    assert_eq!(redis.url(), url);
    assert_eq!(ask(&url, &["DBSIZE"]), [":0"]);
}

#[test]
fn a_frozen_server_accepts_connections_and_does_not_answer() {
    let mut redis = RedisServer::start().unwrap();
    let url = redis.url();
    redis.freeze().unwrap();
    let (mut stream, password) = connect(&url);
    write!(stream, "AUTH {password}\r\n").unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let silent = stream.read(&mut [0]).unwrap_err();
    assert!(matches!(
        silent.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    redis.thaw().unwrap();
    assert_eq!(ask(&url, &["PING"]), ["+PONG"]);
}

/// The copy of this test that is killed has no chance to tidy up.
#[test]
fn the_server_ends_when_its_process_is_killed() {
    if std::env::var_os(VICTIM).is_some() {
        let mut redis = RedisServer::start().unwrap();
        println!("\nvictim {}", redis.url());
        // Halted, it could not even end by itself.
        redis.freeze().unwrap();
        println!("frozen");
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
        return;
    }
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "the_server_ends_when_its_process_is_killed",
            "--nocapture",
        ])
        .env(VICTIM, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let url = lines.find_map(|line| line.strip_prefix("victim ").map(str::to_owned));
    assert!(lines.any(|line| line == "frozen"));
    let (mut stream, _) = connect(&url.unwrap());
    victim.kill().unwrap();
    victim.wait().unwrap();
    // The kernel closes the connection of a server that is gone; a halted one would keep it for ever.
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let ended = stream.read(&mut [0]);
    let gone = match ended {
        Ok(read) => read == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    };
    assert!(gone, "redis-server outlived its test");
}
