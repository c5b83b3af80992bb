//! PostgreSQL by `docker compose`, where an engine answers.
//!
//! A container that the person started with `docker compose up` is used as it is. Otherwise one is started under a
//! project name of its own, so that it can be taken down with its volume and nothing of the person's is touched.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::psql::Psql;
use super::url::DatabaseUrl;
use super::{Origin, Server};
use crate::guard::Guard;
use crate::process::{capture, capture_within};
use crate::workspace::root;

const SERVICE: &str = "postgres";
const PROJECT: &str = "hemera-xtask";
/// An engine that is there answers in milliseconds; one that is starting is not worth waiting for.
const ANSWER: Duration = Duration::from_secs(3);

/// The running container, or one of our own.
pub(super) fn find(guard: &Guard) -> Result<Server> {
    let engine = ask(guard, docker(&["info", "--format", "{{.ServerVersion}}"]));
    engine.context("no engine answers")?;
    let theirs = compose(None);
    if !ask(
        guard,
        docker(&with(&theirs, &["ps", "--status", "running", "--quiet", SERVICE])),
    )?
    .is_empty()
    {
        return server(guard, &theirs, Origin::Running);
    }
    let ours = compose(Some(PROJECT));
    let mut down = vec!["docker".to_owned()];
    down.extend(with(&ours, &["down", "--volumes", "--timeout", "0"]));
    guard.run_at_end(&down);
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let mut up = docker(&with(&ours, &["up", "--detach", "--wait", SERVICE]));
    // Not bounded: the first time it fetches the image.
    let answer = capture(guard, up.env("POSTGRES_PORT", port.to_string()))?;
    if !answer.status.success() {
        bail!("docker compose up failed: {}", answer.text());
    }
    server(guard, &ours, Origin::Ours)
}

fn server(guard: &Guard, project: &[String], origin: Origin) -> Result<Server> {
    let config = ask(guard, docker(&with(project, &["config", "--format", "json"])))?;
    let config: Config =
        serde_json::from_str(&config).context("docker compose config answered something unknown")?;
    let service = config
        .services
        .get(SERVICE)
        .context("docker-compose.yml has no service postgres")?;
    let setting = |name: &str| {
        service
            .environment
            .get(name)
            .cloned()
            .with_context(|| format!("docker-compose.yml sets no {name}"))
    };
    // `127.0.0.1:49153`; several lines where it listens on several addresses.
    let place = ask(guard, docker(&with(project, &["port", SERVICE, "5432"])))?;
    let place = place
        .lines()
        .next()
        .context("the container's port is not published")?;
    let url = DatabaseUrl::at(
        place,
        &setting("POSTGRES_USER")?,
        &setting("POSTGRES_PASSWORD")?,
        "postgres",
    );
    let exec = with(project, &["exec", "-T", SERVICE]);
    Ok(Server {
        url,
        psql: Psql::Compose { exec },
        origin,
    })
}

#[derive(Deserialize)]
struct Config {
    services: BTreeMap<String, Service>,
}

#[derive(Deserialize)]
struct Service {
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

fn compose(project: Option<&str>) -> Vec<String> {
    let file = root().join("docker-compose.yml").display().to_string();
    let mut arguments = vec!["compose".to_owned(), "--file".to_owned(), file];
    if let Some(project) = project {
        arguments.extend(["--project-name".to_owned(), project.to_owned()]);
    }
    arguments
}

fn with(project: &[String], arguments: &[&str]) -> Vec<String> {
    project
        .iter()
        .cloned()
        .chain(arguments.iter().map(|argument| (*argument).to_owned()))
        .collect()
}

fn docker(arguments: &[impl AsRef<std::ffi::OsStr>]) -> Command {
    let mut command = Command::new("docker");
    command.args(arguments);
    command
}

fn ask(guard: &Guard, mut command: Command) -> Result<String> {
    let answer = capture_within(guard, &mut command, ANSWER)?;
    if !answer.status.success() {
        bail!(
            "{}",
            answer
                .stderr
                .lines()
                .last()
                .unwrap_or("docker failed without a word")
        );
    }
    Ok(answer.stdout.trim().to_owned())
}
