//! The binary as a process: its help, its settings, and its end.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use aither_client::hemera_types::Operation;
use aither_client::testing::{Fault, InMemoryHemera};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::Method;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::support::{Gate, KEY, PATIENCE, academy, answer, http, until_course_is_read};

const PLAYBACK_URL: &str = "https://stream.example.com/asset.m3u8?token=of-the-player";

fn command<V: AsRef<OsStr>>(arguments: &[&str], environment: &[(&str, V)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aither-example"));
    command
        .args(arguments)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn run(arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output = command(arguments, environment).output();
    let Output {
        status,
        stdout,
        stderr,
    } = tokio::time::timeout(PATIENCE, output).await.unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[tokio::test]
async fn help_names_routes_settings_and_exit_codes() {
    let (code, help, _) = run(&["--help"], &[]).await;
    assert_eq!(code, Some(0));
    for word in [
        "AITHER_EXAMPLE_KEY",
        "HEMERA_API_BASE_URL",
        "--directory",
        "POST /api/sync",
        "GET  /metrics",
        "SIGTERM",
        "Exit codes",
    ] {
        assert!(help.contains(word), "{word} in:\n{help}");
    }
}

#[tokio::test]
async fn missing_settings_are_named_and_have_their_exit_code() {
    let (code, _, err) = run(&[], &[]).await;
    assert_eq!(code, Some(3), "{err}");
    assert!(
        err.contains("AITHER_EXAMPLE_KEY") && err.contains("openssl rand"),
        "{err}"
    );

    let (code, _, err) = run(&[], &[("AITHER_EXAMPLE_KEY", KEY)]).await;
    assert_eq!(code, Some(3), "{err}");
    assert!(err.contains("HEMERA_API_BASE_URL") && !err.contains(KEY), "{err}");

    let (code, _, err) = run(&["--listen", "0.0.0.0:80"], &[]).await;
    assert_eq!(code, Some(2), "{err}");
}

/// Without its name spelt right, participants would not be pseudonymous.
#[tokio::test]
async fn a_misspelt_setting_is_named_and_has_the_exit_code_of_settings() {
    let environment = [
        ("AITHER_EXAMPLE_KEY", KEY),
        ("AITHER_EXAMPLE_PSEUDONYMUS", "true"),
    ];
    let (code, _, err) = run(&[], &environment).await;
    assert_eq!(code, Some(3), "{err}");
    assert!(
        err.contains("AITHER_EXAMPLE_PSEUDONYMUS is not a setting"),
        "{err}"
    );
}

#[tokio::test]
async fn an_address_in_use_is_one_line_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let environment = [
        ("AITHER_EXAMPLE_KEY", KEY),
        ("HEMERA_API_BASE_URL", "http://127.0.0.1:9"),
        ("AITHER_AUTH", "service-key"),
        ("HEMERA_API_KEY", "hmr_test_of_nothing"),
    ];
    let (code, _, err) = run(&["--listen", &address], &environment).await;
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains(&address) && err.contains("--listen"), "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
}

/// The environment of a service that syncs all courses of this Hemera into this directory.
fn environment(hemera: &InMemoryHemera, directory: &Path) -> Vec<(&'static str, String)> {
    vec![
        ("AITHER_EXAMPLE_KEY", KEY.to_owned()),
        ("AITHER_EXAMPLE_LISTEN", "127.0.0.1:0".to_owned()),
        ("AITHER_EXAMPLE_SCOPE", "changed".to_owned()),
        ("AITHER_EXAMPLE_PSEUDONYMOUS", "true".to_owned()),
        ("AITHER_EXAMPLE_DIRECTORY", directory.to_str().unwrap().to_owned()),
        ("HEMERA_API_BASE_URL", hemera.base_url().to_string()),
        ("AITHER_AUTH", "service-key".to_owned()),
        ("HEMERA_API_KEY", hemera.service_key().to_owned()),
        ("RUST_LOG", "debug".to_owned()),
    ]
}

/// A service as a process. It is killed when this is dropped.
#[derive(Debug)]
struct Process {
    child: Child,
    /// `http://` and its address.
    origin: String,
    /// Read all the time: with a full pipe the process would stop.
    log: JoinHandle<String>,
}

impl Process {
    async fn start(environment: &[(&str, String)]) -> Self {
        let mut child = command(&[], environment).spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = tokio::spawn(async move {
            let mut text = String::new();
            stderr.read_to_string(&mut text).await.unwrap();
            text
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let line = line.unwrap().unwrap().unwrap();
        let (_, origin) = line.split_once("listening on ").unwrap();
        Self {
            origin: origin.to_owned(),
            child,
            log,
        }
    }

    /// A request with the key.
    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = http().request(method, format!("{}{path}", self.origin));
        request.header("x-api-key", KEY)
    }

    fn send(&self, signal: Signal) {
        let id = self.child.id().unwrap().try_into().unwrap();
        kill(Pid::from_raw(id), signal).unwrap();
    }

    /// Waits until it accepts no connection.
    async fn until_closed(&self) {
        let authority = self.origin.strip_prefix("http://").unwrap();
        let refused = async { while TcpStream::connect(authority).await.is_ok() {} };
        tokio::time::timeout(PATIENCE, refused).await.unwrap();
    }

    /// Its exit code and its log, when it has ended.
    async fn ended(mut self) -> (Option<i32>, String) {
        let status = tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .unwrap()
            .unwrap();
        (status.code(), self.log.await.unwrap())
    }
}

#[tokio::test]
async fn sigterm_ends_a_running_sync_in_order() {
    let gate = Gate::closed();
    let hemera = academy().with_sleep(gate.clone()).start().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let mut process = Process::start(&environment(&hemera, &data)).await;
    hemera.fail_next(Fault::Slow(Duration::from_secs(1)).on(Operation::GetCourse));
    assert_eq!(
        answer(process.request(Method::POST, "/api/sync"))
            .await
            .status
            .as_u16(),
        202
    );
    until_course_is_read(&hemera).await;

    process.send(Signal::SIGTERM);
    process.until_closed().await;
    assert_eq!(process.child.try_wait().unwrap(), None, "it waits for the sync");
    gate.open();

    let (code, log) = process.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(
        log.contains(r#""outcome":"succeeded""#) && log.contains(r#""message":"stopped""#),
        "{log}"
    );
    let courses = data.join("courses");
    for course in ["course_over", "course_next", "course_later"] {
        assert!(courses.join(course).join("materials.json").exists(), "{course}");
    }
    let participants = std::fs::read_to_string(courses.join("course_next/participants.json")).unwrap();
    assert!(
        participants.contains("part_anna") && !participants.contains("Anna Becker"),
        "{participants}"
    );
}

#[tokio::test]
async fn the_log_is_json_and_has_no_secret() {
    let hemera = academy().start().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let process = Process::start(&environment(&hemera, directory.path())).await;
    let body =
        |time: &str| format!(r#"{{"assetId":"a","playbackUrl":"{PLAYBACK_URL}","recordedAt":"{time}"}}"#);
    for (time, status) in [
        ("2026-03-15T09:00:00Z", 200),
        ("2024-01-01T00:00:00Z", 404),
        ("never", 400),
    ] {
        let request = process.request(Method::POST, "/api/recordings");
        let request = request
            .header("content-type", "application/json")
            .body(body(time));
        let filed = answer(request).await;
        assert_eq!(filed.status.as_u16(), status, "{}", filed.text);
    }
    hemera.fail_next(Fault::Dropped.times(4).on(Operation::GetCourse));
    let slides = process.request(Method::GET, "/api/slides?course=course_next");
    answer(slides).await.error(503, "HEMERA_IS_UNAVAILABLE");

    process.send(Signal::SIGINT);
    let (code, log) = process.ended().await;
    assert_eq!(code, Some(0), "{log}");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let answered = |route: &str, status: u16| {
        let is_it = |line: &&Value| line["route"] == route && line["status"] == status;
        lines
            .iter()
            .find(is_it)
            .unwrap_or_else(|| panic!("{route} {status} in {log}"))
    };
    answered("/api/recordings", 404);
    let failed = answered("/api/slides", 503);
    assert!(
        failed["cause"]
            .as_str()
            .unwrap()
            .contains("the connection to Hemera broke")
            && failed["took_ms"].is_u64(),
        "{failed}"
    );
    for secret in [KEY, hemera.service_key(), "of-the-player", "Anna Becker"] {
        assert!(!log.contains(secret), "{secret}");
    }
}
