//! A server of either release, which needs nothing of Clerk's.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Result;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::guard::Guard;
use crate::postgres::url::DatabaseUrl;
use crate::process::each_line;
use crate::workspace::root;

/// How long a start, or the next line after it, may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// A key that opens these servers, which listen on loopback while the task runs.
pub(super) const KEY: &str = "hmr_test_5b0f4c1d9e7a4f2c8d3b6a1e0c9f8d7b";
const KEY_SHA256: &str = "bbcc39a6ad149ef7c7af0fb70f96ba0c81a463470cad285fde0742cbd52f2687";
const NO_LIMIT: &str = "1000000";

/// A server that listens.
pub(super) struct ReleaseServer {
    /// Who calls with the key: each server has its own, so that its audit records are known.
    pub(super) subject: &'static str,
    pub(super) origin: String,
    child: Child,
}

/// How a start ended.
pub(super) enum Start {
    Listens(ReleaseServer),
    /// With its last line.
    Refused(String),
}

/// Takes the settings of the caller's environment away: they do not apply here.
pub(super) fn without_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let other = |name: &str| name.starts_with("CLERK_") || name.starts_with("HEMERA_");
        if name.to_str().is_some_and(other) {
            command.env_remove(name);
        }
    }
}

/// Starts `serve`, and waits until it listens or ends.
pub(super) fn start(
    guard: &Guard,
    program: &Path,
    login: &DatabaseUrl,
    subject: &'static str,
) -> Result<Start> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let mut command = Command::new(program);
    without_settings(&mut command);
    command
        .arg("serve")
        .current_dir(root())
        .env("DATABASE_URL", login.expose())
        .env("CLERK_SECRET_KEY", "sk_test_emulator")
        .env("CLERK_API_URL", "http://127.0.0.1:1")
        .env("CLERK_ISSUER", "http://127.0.0.1:1")
        .env("HEMERA_HTTP__LISTEN", format!("127.0.0.1:{port}"))
        .env("HEMERA_SERVICE_KEYS__ROLLBACK__SHA256", KEY_SHA256)
        .env("HEMERA_SERVICE_KEYS__ROLLBACK__SUBJECT", subject)
        .env("HEMERA_LIMITS__API_CLIENT_RATE", NO_LIMIT)
        .env("HEMERA_LIMITS__API_CLIENT_BURST", NO_LIMIT)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = guard.spawn(&mut command, Signal::SIGTERM)?;
    let (send, lines) = mpsc::channel();
    let errors = send.clone();
    // Read to the end, so that no pipe is full; once it listens, there is no receiver.
    if let Some(stdout) = child.stdout.take() {
        each_line(stdout, move |line| drop(send.send(line)));
    }
    if let Some(stderr) = child.stderr.take() {
        each_line(stderr, move |line| drop(errors.send(line)));
    }
    let mut last = String::new();
    while let Ok(line) = lines.recv_timeout(PATIENCE) {
        last = line;
        if last.contains("listening on http://") {
            return Ok(Start::Listens(ReleaseServer {
                subject,
                origin: format!("http://127.0.0.1:{port}"),
                child,
            }));
        }
    }
    end(guard, &mut child)?;
    Ok(Start::Refused(last))
}

impl ReleaseServer {
    /// Ends it as an operator would, and returns its exit code.
    pub(super) fn stop(mut self, guard: &Guard) -> Result<Option<i32>> {
        end(guard, &mut self.child)
    }
}

fn end(guard: &Guard, child: &mut Child) -> Result<Option<i32>> {
    // This fails only if it has ended already.
    let _ = kill(Pid::from_raw(i32::try_from(child.id())?), Signal::SIGTERM);
    Ok(guard.wait(child)?.code())
}
