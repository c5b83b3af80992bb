//! The binary itself: what it prints, and how it ends.

mod audit;
mod config_check;
mod database;
mod descriptors;
mod exit_codes;
mod health;
mod keys;
mod log;
mod migrate;
mod output;
mod poolers;
mod start_faults;

use std::net::TcpListener;
use std::process::{Output, Stdio};
use std::time::Duration;

use clerk_emulator::{ClerkEmulator, Options};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::{TestDatabase, environment};

/// Longer than anything here should take; a test that waits for it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn run(arguments: &[&str], settings: &[(&str, &str)]) -> (i32, String, String) {
    let child = command(arguments).envs(settings.iter().copied()).output();
    let Output {
        status,
        stdout,
        stderr,
    } = tokio::time::timeout(PATIENCE, child).await.unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hemera-api"));
    command
        .args(arguments)
        .env_clear()
        .kill_on_drop(true)
        .stdin(Stdio::null());
    command
}

/// The one line that says why a command failed, its last. `serve` has logged by then; other commands log nothing.
#[track_caller]
fn one_error(command: &str, err: &str) -> String {
    let errors = err.lines().filter(|line| line.starts_with("error: ")).count();
    let last = err.lines().last().unwrap_or_default();
    assert!(
        errors == 1 && last.starts_with("error: ") && (command == "serve" || last == err.trim_end()),
        "{command}: {err}"
    );
    last.to_owned()
}

pub(crate) async fn setup(
    database: &TestDatabase,
    settings: &[(&str, &str)],
) -> (ClerkEmulator, Vec<(String, String)>) {
    let clerk = ClerkEmulator::start(Options::production().with_shared_key())
        .await
        .unwrap();
    let environment = environment(&clerk, database, settings);
    let text = |text: std::ffi::OsString| text.into_string().unwrap();
    (
        clerk,
        environment
            .into_iter()
            .map(|(name, value)| (text(name), text(value)))
            .collect(),
    )
}

pub(crate) fn borrowed(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// Starts a server and waits for the line that says where it listens.
async fn serve(settings: &[(&str, &str)]) -> (Child, String) {
    serve_with_log(settings, Stdio::inherit()).await
}

async fn serve_with_log(settings: &[(&str, &str)], log: Stdio) -> (Child, String) {
    let mut child = command(&["serve"])
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    // Text, or a member of JSON.
    let (_, origin) = line
        .split_once("listening on ")
        .unwrap_or_else(|| panic!("{line}"));
    let origin = origin.split('"').next().unwrap().to_owned();
    (child, origin)
}

#[tokio::test]
async fn faults_of_the_configuration_stop_every_command_that_needs_it() {
    for arguments in [&["serve"][..], &["config", "check"], &["migrate"]] {
        let (code, out, err) = run(arguments, &[("DATABASE_URL", "swordfish")]).await;
        assert_eq!((code, out.as_str()), (1, ""), "{arguments:?}");
        assert!(err.starts_with("error: the configuration has "), "{err}");
        assert!(
            err.contains("DATABASE_URL: must be") && !err.contains("swordfish"),
            "{err}"
        );
    }
    let (code, out, _) = run(&["config", "check", "--json"], &[]).await;
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["ok"]), (1, &false.into()));
    assert_eq!(report["faults"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn config_check_shows_where_settings_come_from() {
    let settings = [
        ("DATABASE_URL", "postgres://hemera:swordfish@localhost/hemera"),
        ("CLERK_SECRET_KEY", "sk_test_swordfish4711"),
        ("CLERK_ISSUER", "https://clerk.example.com"),
    ];
    let (code, out, err) = run(&["config", "check"], &settings).await;
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        out.contains("the configuration is complete, for development") && !out.contains("swordfish"),
        "{out}"
    );
    let (_, out, _) = run(&["config", "check", "--json"], &settings).await;
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&out).unwrap()["ok"],
        true
    );
}

/// An installation may rely on tokens that a default refuses; one that sets these knows.
#[tokio::test]
async fn config_check_says_which_tokens_the_defaults_refuse() {
    let mut settings = vec![
        ("DATABASE_URL", "postgres://hemera:swordfish@localhost/hemera"),
        ("CLERK_SECRET_KEY", "sk_test_swordfish4711"),
        ("CLERK_ISSUER", "https://clerk.example.com"),
    ];
    let (_, out, _) = run(&["config", "check"], &settings).await;
    for note in [
        "note: HEMERA_TOKENS__CLASSES is not set: session tokens are refused",
        "note: HEMERA_TOKENS__AUDIENCE is not set: tokens of the JWT template that do not name hemera-api",
    ] {
        assert!(out.contains(note), "{note} is not in {out}");
    }
    settings.push(("HEMERA_TOKENS__CLASSES", "template,session"));
    settings.push(("HEMERA_TOKENS__AUDIENCE", "hemera-api"));
    let (_, out, _) = run(&["config", "check"], &settings).await;
    assert!(!out.contains("note: "), "{out}");
    let (_, out, _) = run(&["config", "check", "--json"], &settings).await;
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["notes"], serde_json::json!([]));
}

/// The driver reads PGSSLMODE as psql does.
#[tokio::test]
async fn verified_tls_to_the_database_can_be_asked_for_by_pgsslmode() {
    let settings = |mode| {
        [
            ("DATABASE_URL", "postgres://hemera@db.example/hemera"),
            ("CLERK_SECRET_KEY", "sk_test_swordfish4711"),
            ("CLERK_ISSUER", "https://clerk.example.com"),
            ("PGSSLMODE", mode),
        ]
    };
    let (code, _, err) = run(&["config", "check"], &settings("require")).await;
    assert!(
        code == 1 && err.contains("DATABASE_URL: names another machine"),
        "{err}"
    );
    let (code, _, err) = run(&["config", "check"], &settings("verify-full")).await;
    assert_eq!((code, err.as_str()), (0, ""));
}

#[tokio::test]
async fn config_list_needs_no_settings_and_shows_what_there_is_to_set() {
    let (code, table, err) = run(&["config", "list"], &[("HEMERA_HTTP__LISTEN", "swordfish")]).await;
    assert_eq!((code, err.as_str()), (0, ""));
    let row = table
        .lines()
        .find(|line| line.trim_start().starts_with("CLERK_SECRET_KEY "))
        .unwrap();
    assert!(row.contains(", secret") && row.contains("(required)"), "{row}");

    let row = table
        .lines()
        .find(|line| line.contains("LIMITS__REPLICAS"))
        .unwrap();
    assert!(row.ends_with(" 1"), "{row}");

    let (code, out, _) = run(&["config", "list", "--json"], &[]).await;
    assert_eq!(code, 0);
    let listed: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        listed["sections"][1]["settings"][0],
        serde_json::json!({
            "name": "HEMERA_HTTP__LISTEN",
            "path": "http.listen",
            "type": "address and port",
            "default": "127.0.0.1:8080",
            "required": false,
            "secret": false,
            "meaning": "Where to listen; port 0 takes a free one.",
            "example": "",
        })
    );

    let (code, out, _) = run(&["config", "list", "--env-example"], &[]).await;
    assert_eq!(code, 0);
    assert!(out.contains("\n# HEMERA_HTTP__LISTEN=127.0.0.1:8080\n"), "{out}");
}

#[tokio::test]
async fn help_teaches() {
    let (code, out, _) = run(&["--help"], &[]).await;
    assert_eq!(code, 0);
    for word in [
        "serve",
        "migrate",
        "config",
        "healthcheck",
        "CLERK_SECRET_KEY",
        "config list",
    ] {
        assert!(out.contains(word), "{word} is not in {out}");
    }
    assert_eq!(run(&["serv"], &[]).await.0, 2);
}

#[tokio::test]
async fn a_database_that_does_not_keep_text_as_utf_8_is_refused() {
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let database = TestDatabase::create_with_encoding(encoding).await;
        let (_clerk, settings) = setup(&database, &[]).await;
        for command in ["serve", "migrate"] {
            let (code, out, err) = run(&[command], &borrowed(&settings)).await;
            assert_eq!((code, out.as_str()), (1, ""), "{command}");
            assert!(
                err.contains(&format!("keeps text as {encoding}, ")) && err.contains("encoding 'UTF8'"),
                "{err}"
            );
            one_error(command, &err);
        }
    }
}

#[tokio::test]
async fn a_port_in_use_is_one_line() {
    let database = TestDatabase::create().await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (_clerk, settings) = setup(&database, &[("HEMERA_HTTP__LISTEN", &address)]).await;
    let (code, _, err) = run(&["serve"], &borrowed(&settings)).await;
    assert_eq!(code, 1);
    assert!(
        one_error("serve", &err).contains(&format!("cannot listen on {address}")),
        "{err}"
    );
}

/// From the first line to a clean end, as an operator sees it.
#[tokio::test]
async fn a_server_starts_is_healthy_and_ends_cleanly() {
    let database = TestDatabase::create().await;
    let (_clerk, settings) = setup(&database, &[("HEMERA_LOG__FORMAT", "json")]).await;
    let settings = borrowed(&settings);
    let (mut child, origin) = serve(&settings).await;

    let (code, out, err) = run(&["healthcheck", "--url", &origin], &settings).await;
    assert_eq!((code, out.as_str(), err.as_str()), (0, "ready\n", ""));

    let pid = child.id().unwrap().to_string();
    assert!(
        // By the shell's own `kill`: a small system lacks the program.
        Command::new("/bin/sh")
            .args(["-c", "kill -TERM \"$0\"", &pid])
            .status()
            .await
            .unwrap()
            .success()
    );
    let status = tokio::time::timeout(PATIENCE, child.wait())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(status.code(), Some(0));

    let (code, _, err) = run(&["healthcheck", "--url", &origin], &settings).await;
    assert_eq!(code, 1);
    assert!(err.contains("no connection to"), "{err}");
}

#[tokio::test]
async fn a_secret_key_that_clerk_refuses_is_named_in_the_first_lines_of_the_log() {
    let database = TestDatabase::create().await;
    let settings = [
        ("CLERK_SECRET_KEY", "sk_live_of_another_instance"),
        ("HEMERA_LOG__FORMAT", "json"),
    ];
    let (_clerk, settings) = setup(&database, &settings).await;
    let (mut child, _) = serve_with_log(&borrowed(&settings), Stdio::piped()).await;
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = async {
        loop {
            let line = lines.next_line().await.unwrap().unwrap();
            if line.contains("no keys yet") {
                break line;
            }
        }
    };
    let line = tokio::time::timeout(PATIENCE, line).await.unwrap();
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["reason"], "clerk_refuses_our_key");
    let error = line["error"].as_str().unwrap();
    assert!(error.contains("set CLERK_SECRET_KEY"), "{line}");
    child.kill().await.unwrap();
}
