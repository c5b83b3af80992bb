//! What a task does not do, and what it says instead.

use crate::machine::Machine;

#[test]
fn remote_server_is_not_reset_without_yes() {
    let machine = Machine::new();
    let mut command = machine.xtask(&["db", "reset"]);
    command.env("DATABASE_URL", "postgres://me:secret@db.example/hemera_dev");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("db.example/hemera_dev is not on this machine: add --yes"),
        "{said}"
    );
    assert!(
        !machine.notes("asked").contains("drop"),
        "{}",
        machine.notes("asked")
    );
}

#[test]
fn remote_server_is_not_filled_without_yes() {
    let machine = Machine::new();
    let mut command = machine.xtask(&["db", "generate", "--courses", "10", "--bookings", "10"]);
    command.env("DATABASE_URL", "postgres://me:secret@db.example/hemera");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("db.example/hemera_dev_large is not on this machine: add --yes"),
        "{said}"
    );
    assert!(
        !machine.notes("asked").contains("drop"),
        "{}",
        machine.notes("asked")
    );
}

#[test]
fn a_database_that_is_not_ours_is_never_dropped() {
    let machine = Machine::new();
    let output = machine
        .xtask(&["db", "reset", "--database", "shop"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("is not one of our databases"), "{said}");
    assert_eq!(machine.notes("asked"), "");

    // The database that the URL names is not one of ours: ours is made beside it.
    let mut command = machine.xtask(&["db", "reset"]);
    command
        .env("DATABASE_URL", "postgres://127.0.0.1:1/shop")
        .env("CARGO", "/bin/false");
    command.output().unwrap();
    let asked = machine.notes("asked");
    assert!(asked.contains("drop database if exists hemera_dev"), "{asked}");
    assert!(!asked.contains("exists shop"), "{asked}");
}

#[test]
fn a_broken_url_is_refused_without_being_repeated() {
    let machine = Machine::new();
    let mut command = machine.xtask(&["db", "url"]);
    command.env("DATABASE_URL", "mysql://me:secret@localhost/a");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("DATABASE_URL cannot be read: its scheme is not postgres"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn a_server_that_does_not_answer_is_named() {
    let machine = Machine::new();
    machine.install("psql", "#!/bin/sh\necho 'connection refused' >&2\nexit 2\n");
    let mut command = machine.xtask(&["db", "url"]);
    command.env("DATABASE_URL", "postgres://127.0.0.1:1/a");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("127.0.0.1:1/a) does not answer; start it, or unset DATABASE_URL"),
        "{said}"
    );
    assert!(said.contains("connection refused"), "{said}");
}
