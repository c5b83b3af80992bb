//! A server on a database, and whether it answers rightly.

use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::guard::Guard;
use crate::postgres::url::DatabaseUrl;
use crate::process::each_line;
use crate::workspace::{Workspace, root};

/// How long a start, or the next line after it, may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// A key that opens this one server, which listens on loopback while the task runs.
const KEY: &str = "hmr_test_5b0f4c1d9e7a4f2c8d3b6a1e0c9f8d7b";
const KEY_SHA256: &str = "bbcc39a6ad149ef7c7af0fb70f96ba0c81a463470cad285fde0742cbd52f2687";
const THREADS: usize = 8;
const REQUESTS: usize = 50;
const NO_LIMIT: &str = "1000000";
/// Operations with statements of different kinds.
const PATHS: [&str; 3] = [
    "/api/service/courses",
    "/api/service/courses?limit=1",
    "/api/service/participations/participation_1001",
];

/// What came of it.
pub(super) enum Served {
    /// It did not start, and said why.
    Refused(String),
    /// It started; so many requests had another answer than the first of their kind.
    Answered { requests: usize, wrong: usize },
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(said) => write!(f, "serve refused: {said}"),
            Self::Answered { requests, wrong } => {
                write!(f, "serve started; {requests} requests, {wrong} wrong")
            }
        }
    }
}

/// Starts `serve`, asks it if it starts, and ends it.
pub(super) fn serve(guard: &Guard, workspace: &Workspace, url: &DatabaseUrl) -> Result<Served> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let mut command = Command::new(workspace.binary("hemera-api"));
    command.arg("serve").current_dir(root());
    // The settings of the caller's environment do not apply here.
    for (name, _) in std::env::vars_os() {
        let other = |name: &str| name.starts_with("CLERK_") || name.starts_with("HEMERA_");
        if name.to_str().is_some_and(other) {
            command.env_remove(name);
        }
    }
    // A key of Hemera's own needs nothing of Clerk's, so that none has to run.
    command
        .env("DATABASE_URL", url.expose())
        .env("CLERK_SECRET_KEY", "sk_test_emulator")
        .env("CLERK_API_URL", "http://127.0.0.1:1")
        .env("CLERK_ISSUER", "http://127.0.0.1:1")
        .env("HEMERA_HTTP__LISTEN", format!("127.0.0.1:{port}"))
        .env("HEMERA_SERVICE_KEYS__ROLLBACK__SHA256", KEY_SHA256)
        .env("HEMERA_SERVICE_KEYS__ROLLBACK__SUBJECT", "poolers")
        .env("HEMERA_LIMITS__API_CLIENT_RATE", NO_LIMIT)
        .env("HEMERA_LIMITS__API_CLIENT_BURST", NO_LIMIT)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = guard.spawn(&mut command, Signal::SIGTERM)?;
    let (send, lines) = mpsc::channel();
    let errors = send.clone();
    let stdout = child
        .stdout
        .take()
        .map(|stdout| each_line(stdout, move |line| drop(send.send(line))));
    let stderr = child
        .stderr
        .take()
        .map(|stderr| each_line(stderr, move |line| drop(errors.send(line))));
    let mut last = String::new();
    let mut started = false;
    while let Ok(line) = lines.recv_timeout(PATIENCE) {
        last = line;
        if last.contains("listening on http://") {
            started = true;
            break;
        }
    }
    let outcome = if started { ask(port) } else { Served::Refused(last) };
    // This fails only if it has ended already.
    let _ = kill(Pid::from_raw(i32::try_from(child.id())?), Signal::SIGTERM);
    guard.wait(&mut child)?;
    for reader in [stdout, stderr].into_iter().flatten() {
        let _ = reader.join();
    }
    Ok(outcome)
}

fn ask(port: u16) -> Served {
    let get = move |path: &str| {
        let answer = minreq::get(format!("http://127.0.0.1:{port}{path}"))
            .with_header("x-api-key", KEY)
            .with_timeout(30)
            .send()
            .ok()?;
        // What belongs to the request and not to the answer stands in `meta`.
        let body: serde_json::Value = serde_json::from_slice(answer.as_bytes()).ok()?;
        (answer.status_code == 200).then(|| body["data"].clone())
    };
    let expected = PATHS.map(get);
    let askers: Vec<_> = (0..THREADS)
        .map(|thread| {
            let expected = expected.clone();
            thread::spawn(move || {
                (0..REQUESTS)
                    .filter(|request| {
                        let kind = (thread + request) % PATHS.len();
                        let got = get(PATHS[kind]);
                        got.is_none() || got != expected[kind]
                    })
                    .count()
            })
        })
        .collect();
    let wrong = askers
        .into_iter()
        .map(|asker| asker.join().unwrap_or(REQUESTS))
        .sum();
    Served::Answered {
        requests: THREADS * REQUESTS,
        wrong,
    }
}
