//! What happens to a command whose output cannot be written.

use std::io::pipe;
use std::process::Stdio;

use super::{PATIENCE, borrowed, command, serve_with_log, setup};
use crate::support::TestDatabase;

/// Settings with which `config check` finds no fault.
const SETTINGS: [(&str, &str); 3] = [
    ("DATABASE_URL", "postgres://hemera@localhost/hemera"),
    ("CLERK_SECRET_KEY", "sk_test_4711"),
    ("CLERK_ISSUER", "https://clerk.example.com"),
];

/// Commands that need nothing else, and their exit codes.
const COMMANDS: [(&str, i32); 8] = [
    ("--help", 0),
    ("--version", 0),
    ("openapi", 0),
    ("config check", 0),
    ("config check --json", 0),
    ("config list", 0),
    ("key new rollback --subject aither", 0),
    ("healthcheck --url http://127.0.0.1:1", 1),
];

/// A standard output whose reader has gone, as after `| head -1`.
fn closed_pipe() -> Stdio {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer.into()
}

fn full_disk() -> Stdio {
    std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap()
        .into()
}

/// The exit code and standard error of a command with this standard output.
async fn run_into(arguments: &str, settings: &[(&str, &str)], output: Stdio) -> (i32, String) {
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let child = command(&arguments)
        .envs(settings.iter().copied())
        .stdout(output)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output());
    let ended = ended.await.unwrap().unwrap();
    (
        ended.status.code().unwrap(),
        String::from_utf8(ended.stderr).unwrap(),
    )
}

#[tokio::test]
async fn a_closed_pipe_ends_the_output_quietly_and_keeps_the_exit_code() {
    for (arguments, expected) in COMMANDS {
        let (code, err) = run_into(arguments, &SETTINGS, closed_pipe()).await;
        assert_eq!(code, expected, "{arguments}: {err}");
        let lines = usize::from(expected != 0);
        assert_eq!(err.lines().count(), lines, "{arguments}: {err}");
    }
    // A command that finds faults still says so by its exit code.
    let (code, err) = run_into("config check --json", &[], closed_pipe()).await;
    assert_eq!((code, err.as_str()), (1, ""));
}

#[tokio::test]
async fn a_full_disk_is_one_line_and_exit_code_1() {
    for (arguments, code_of_command) in COMMANDS {
        if code_of_command != 0 {
            continue;
        }
        let (code, err) = run_into(arguments, &SETTINGS, full_disk()).await;
        assert_eq!((code, err.lines().count()), (1, 1), "{arguments}: {err}");
        assert!(
            err.starts_with("error: the command has run, but its output could not be written ("),
            "{err}"
        );
    }
}

#[tokio::test]
async fn a_command_completes_its_changes_when_its_output_is_not_read() {
    let database = TestDatabase::create_empty().await;
    // On a busy machine a statement of a migration may be slow, which is a warning in the log.
    let (_clerk, settings) = setup(&database, &[("RUST_LOG", "error")]).await;
    let (code, err) = run_into("migrate", &borrowed(&settings), closed_pipe()).await;
    assert_eq!((code, err.as_str()), (0, ""));
    let tables = database.rows("select 1 from audit_log limit 0").await;
    assert!(tables.is_empty());
}

#[tokio::test]
async fn errors_without_a_reader_end_with_their_exit_code() {
    let child = command(&["serve"]).stderr(closed_pipe()).status();
    let status = tokio::time::timeout(PATIENCE, child).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(1));
}

/// A log that cannot be written must not fail a request.
#[tokio::test]
async fn a_server_answers_although_its_log_cannot_be_written() {
    let database = TestDatabase::create().await;
    let (_clerk, settings) = setup(&database, &[]).await;
    for log in [closed_pipe(), full_disk()] {
        let (mut child, origin) = serve_with_log(&borrowed(&settings), log).await;
        let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        for _ in 0..3 {
            let answer = client.get(format!("{origin}/api/service/courses")).send().await;
            assert_eq!(answer.unwrap().status(), 401);
        }
        child.kill().await.unwrap();
    }
}
