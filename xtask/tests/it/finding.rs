//! Which PostgreSQL is taken, and that it is said.

use std::path::Path;

use nix::sys::signal::{Signal, kill};

use crate::machine::{Machine, Running};

/// An engine with no container running; notes what it is asked.
const DOCKER: &str = r#"#!/bin/sh
echo "docker $*" >> "$NOTES/asked"
case "$*" in
  info*) echo 27.0 ;;
  *" ps "*) cat "$NOTES/running" 2>/dev/null ;;
  *" up "*) echo "$POSTGRES_PORT" > "$NOTES/port" ;;
  *" config "*) echo '{"services":{"postgres":{"environment":{"POSTGRES_USER":"hemera","POSTGRES_PASSWORD":"pw"}}}}' ;;
  *" port "*) echo "127.0.0.1:$(cat "$NOTES/port" 2>/dev/null || echo 5432)" ;;
  *" exec "*) echo 17.2 ;;
esac
exit 0
"#;

#[test]
fn the_given_server_comes_first() {
    let machine = Machine::new();
    machine.install("docker", DOCKER);
    let mut command = machine.xtask(&["db", "url"]);
    command.env("DATABASE_URL", "postgres://me:secret@127.0.0.1:1/shop");
    let output = command.output().unwrap();
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "postgres://me:secret@127.0.0.1:1/shop\n"
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("PostgreSQL 16.4 at 127.0.0.1:1, from DATABASE_URL"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
    let asked = machine.notes("asked");
    assert!(!asked.contains("docker") && !asked.contains("secret"), "{asked}");
}

#[test]
fn a_container_of_our_own_is_taken_down_with_its_volume() {
    let machine = Machine::new();
    machine.install("docker", DOCKER);
    let mut task = Running::start(&mut machine.xtask(&["db", "url"]));
    let port = machine.notes("port").trim().to_owned();
    assert_eq!(
        task.said,
        format!("postgres://hemera:pw@127.0.0.1:{port}/postgres")
    );
    assert!(!machine.notes("asked").contains(" down "));

    kill(task.pid(), Signal::SIGTERM).unwrap();
    task.child.wait().unwrap();
    let asked = machine.notes("asked");
    let last = asked.lines().last().unwrap_or_default();
    assert!(
        last.contains("--project-name hemera-xtask down --volumes"),
        "{asked}"
    );
}

#[test]
fn a_container_that_runs_already_is_left_alone() {
    let machine = Machine::new();
    machine.install("docker", DOCKER);
    machine.install("running", "3f2a\n");
    let output = machine.xtask(&["db", "url"]).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "postgres://hemera:pw@127.0.0.1:5432/postgres\n"
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the running container of docker compose"), "{said}");
    let asked = machine.notes("asked");
    assert!(!asked.contains(" up ") && !asked.contains(" down "), "{asked}");
}

#[test]
fn compose_is_asked_for_what_its_file_has() {
    let machine = Machine::new();
    machine.install("docker", DOCKER);
    let mut task = Running::start(&mut machine.xtask(&["db", "url"]));
    kill(task.pid(), Signal::SIGTERM).unwrap();
    task.child.wait().unwrap();

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let file = folder.join("docker-compose.yml");
    let asked = machine.notes("asked");
    let of_compose: Vec<&str> = asked
        .lines()
        .filter_map(|line| line.strip_prefix("docker compose "))
        .collect();
    assert!(of_compose.len() >= 5, "{asked}");
    for line in &of_compose {
        let named = format!("--file {} ", file.display());
        assert!(line.starts_with(&named), "{line}");
    }
    let up = of_compose.iter().find(|line| line.contains(" up ")).unwrap();
    assert!(up.ends_with(" up --detach --wait postgres"), "{up}");
    let text = std::fs::read_to_string(file).unwrap();
    for part in [
        "\nservices:\n  postgres:\n",
        // The port that the task chooses, and the one that it asks for.
        "- \"127.0.0.1:${POSTGRES_PORT:-5432}:5432\"\n",
        "      POSTGRES_USER: ",
        "      POSTGRES_PASSWORD: ",
        // What `--wait` waits for.
        "    healthcheck:\n",
    ] {
        assert!(text.contains(part), "{part}");
    }
}
