//! What the programs do in the roots of their images.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::program::Program;
use super::sandbox::Sandbox;
use super::tls::TlsServer;
use crate::guard::Guard;
use crate::postgres::Server;
use crate::postgres::database::Name;
use crate::process::{Captured, each_line};
use crate::stopwatch::Stopwatch;

/// How long a program may take until it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// Fewer are not those of browsers.
const FEWEST_ROOTS: usize = 50;

/// A key that opens this one server, which listens on the loopback while the task runs.
const KEY: &str = "hmr_test_5b0f4c1d9e7a4f2c8d3b6a1e0c9f8d7b";
const KEY_SHA256: &str = "bbcc39a6ad149ef7c7af0fb70f96ba0c81a463470cad285fde0742cbd52f2687";

/// The version, and that the root cannot be written.
pub(super) fn alone(guard: &Guard, program: Program, sandbox: &Sandbox) -> Result<()> {
    let answer = sandbox.run(guard, &["--version"], &[])?;
    let expected = format!("{} {}", program.name(), env!("CARGO_PKG_VERSION"));
    if !answer.status.success() || !answer.stdout.starts_with(&expected) {
        bail!("--version says not {expected}: {}", answer.text());
    }
    if let Some(arguments) = program.writes() {
        let answer = sandbox.run(guard, &arguments, &[])?;
        if answer.status.success() || !answer.text().to_lowercase().contains("read-only") {
            bail!(
                "{} was not refused by a read-only root: {}",
                arguments.join(" "),
                answer.text()
            );
        }
    }
    Ok(())
}

/// That a name is resolved, and that TLS trusts the file of roots in the image and nothing else.
pub(super) fn names_and_roots(
    guard: &Guard,
    program: Program,
    sandbox: &Sandbox,
    server: &TlsServer,
    folder: &Path,
) -> Result<()> {
    let roots = sandbox.roots()?;
    let count = roots.matches("BEGIN CERTIFICATE").count();
    if count < FEWEST_ROOTS {
        bail!("the image has {count} roots of TLS, and browsers have more than {FEWEST_ROOTS}");
    }
    let extended = folder.join("roots.pem");
    let authority = std::fs::read_to_string(&server.authority)?;
    std::fs::write(&extended, roots + &authority)?;
    let trusting = sandbox.with_roots(&extended);
    let (arguments, settings): (Vec<&str>, Vec<(&str, &str)>) = match program {
        Program::Server => (vec!["healthcheck", "--url", &server.origin], vec![]),
        Program::Client => (
            vec!["participation", "participation_1001"],
            vec![
                ("HEMERA_API_BASE_URL", server.origin.as_str()),
                ("AITHER_AUTH", "service-key"),
                ("HEMERA_API_KEY", KEY),
            ],
        ),
        Program::Emulator => return Ok(()),
    };
    let got_an_answer = |sandbox: &Sandbox| -> Result<(bool, String)> {
        let answer = sandbox.run(guard, &arguments, &settings)?;
        let reached = match program {
            Program::Server => answer.text().contains("but not as hemera-api does"),
            // Not reachable has an exit code of its own.
            Program::Client | Program::Emulator => answer.status.code() == Some(1),
        };
        Ok((reached, answer.text()))
    };
    let (reached, said) = got_an_answer(&trusting)?;
    if !reached {
        bail!(
            "{} is not reached with its authority among the roots: {said}",
            server.origin
        );
    }
    let (reached, said) = got_an_answer(sandbox)?;
    if reached {
        bail!(
            "{} is reached without its authority among the roots: {said}",
            server.origin
        );
    }
    Ok(())
}

/// All of it together: the migration, the server with PostgreSQL and the local Clerk, its health check, a call, a stop.
pub(super) fn together(
    guard: &Guard,
    [server, emulator, client]: [&Sandbox; 3],
    postgres: &Server,
    database: &Name,
) -> Result<()> {
    let owner = postgres.url_of(database).expose();
    let prefix = database.to_string();
    let migrate = ["migrate", "--roles", "--role-prefix", &prefix];
    ended_as(
        &server.run(guard, &migrate, &[("DATABASE_URL", &owner)])?,
        "migrate",
        true,
    )?;

    let clerk = format!("127.0.0.1:{}", free_port()?);
    let mut local_clerk = start(guard, emulator, &["--listen", &clerk], &[])?;
    let login = postgres.url_of_service(guard, database)?.expose();
    let (listen, clerk) = (format!("127.0.0.1:{}", free_port()?), format!("http://{clerk}"));
    let settings = [
        ("DATABASE_URL", login.as_str()),
        ("CLERK_SECRET_KEY", "sk_test_emulator"),
        ("CLERK_API_URL", &clerk),
        ("CLERK_ISSUER", &clerk),
        ("HEMERA_HTTP__LISTEN", &listen),
        ("HEMERA_SERVICE_KEYS__IMAGE__SHA256", KEY_SHA256),
        ("HEMERA_SERVICE_KEYS__IMAGE__SUBJECT", "image"),
    ];
    ended_as(
        &server.run(guard, &["config", "check"], &settings)?,
        "config check",
        true,
    )?;
    ended_as(
        &server.run(guard, &["healthcheck"], &settings)?,
        "healthcheck without a server",
        false,
    )?;
    let mut serving = start(guard, server, &["serve"], &settings)?;
    ended_as(
        &server.run(guard, &["healthcheck"], &settings)?,
        "healthcheck",
        true,
    )?;

    let origin = format!("http://{listen}");
    let of_client = [
        ("HEMERA_API_BASE_URL", origin.as_str()),
        ("AITHER_AUTH", "service-key"),
        ("HEMERA_API_KEY", KEY),
    ];
    ended_as(
        &client.run(guard, &["courses", "--json"], &of_client)?,
        "courses",
        true,
    )?;
    stop(guard, &mut serving).context("the server, after SIGTERM")?;
    stop(guard, &mut local_clerk).context("the local Clerk, after SIGTERM")
}

fn ended_as(answer: &Captured, command: &str, success: bool) -> Result<()> {
    if answer.status.success() != success {
        bail!("`{command}` ended with {}: {}", answer.status, answer.text());
    }
    Ok(())
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Starts a program that says where it listens.
fn start(guard: &Guard, sandbox: &Sandbox, arguments: &[&str], settings: &[(&str, &str)]) -> Result<Child> {
    let mut command = sandbox.command(arguments, settings);
    let mut child = guard.spawn(
        command.stdout(Stdio::piped()).stderr(Stdio::piped()),
        Signal::SIGTERM,
    )?;
    let (send, lines) = mpsc::channel();
    let errors = send.clone();
    // Both are read to the end, so that no pipe is ever full.
    if let Some(stdout) = child.stdout.take() {
        each_line(stdout, move |line| drop(send.send(line)));
    }
    if let Some(stderr) = child.stderr.take() {
        each_line(stderr, move |line| drop(errors.send(line)));
    }
    let mut last = String::new();
    let watch = Stopwatch::start();
    while let Ok(line) = lines.recv_timeout(PATIENCE.saturating_sub(watch.elapsed())) {
        last = line;
        if last.contains("listening on http://") {
            return Ok(child);
        }
    }
    bail!("`{}` does not listen; its last line: {last}", arguments.join(" "));
}

/// Ends it as an engine does.
fn stop(guard: &Guard, child: &mut Child) -> Result<()> {
    kill(Pid::from_raw(i32::try_from(child.id())?), Signal::SIGTERM)?;
    let status = guard.wait(child)?;
    if !status.success() {
        bail!("it ended with {status}");
    }
    Ok(())
}
