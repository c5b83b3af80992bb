//! The program in the README: it is the one in `examples`, and does what the README says, in a process of its own.

use std::path::PathBuf;
use std::process::{Output, Stdio};

use clerk_emulator::SessionStatus;
use tokio::process::Command;

use crate::support::{Clerk, Reply, SERVICE_USER, Server, course_page, failure, participation};

#[test]
fn readme_shows_the_example() {
    let readme = include_str!("../../README.md");
    let example = include_str!("../../examples/first_program.rs");
    let (_, program) = example.split_once("\n\n").unwrap();
    let (_, shown) = readme.split_once("```rust,no_run\n").unwrap();
    let (shown, _) = shown.split_once("```\n").unwrap();
    assert_eq!(shown, program, "copy examples/first_program.rs into README.md");
}

/// Runs the example with these settings and no others.
async fn run(settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    // This test is target/<profile>/deps/it-…; cargo builds examples together with tests.
    let this = std::env::current_exe().unwrap();
    let profile = this.ancestors().nth(2).unwrap();
    let program: PathBuf = profile.join("examples/first_program");
    Command::new(&program)
        .args(arguments)
        .env_clear()
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap_or_else(|error| panic!("{}: {error}; cargo build --examples builds it", program.display()))
}

/// Exit code, standard output and standard error.
fn parts(output: &Output) -> (Option<i32>, &str, &str) {
    let text = |bytes| std::str::from_utf8(bytes).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn settings<'a>(hemera: &'a Server, clerk_url: &'a str, key: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("HEMERA_API_BASE_URL", hemera.origin()),
        ("CLERK_API_URL", clerk_url),
        ("CLERK_ISSUER", clerk_url),
        ("CLERK_SECRET_KEY", key),
        ("CLERK_SERVICE_USER_EMAIL", SERVICE_USER),
    ]
}

#[tokio::test]
async fn it_reads_writes_and_leaves_no_session_behind() {
    let clerk = Clerk::start().await;
    let hemera = Server::by(|seen| match seen.uri.path() {
        "/api/service/courses" => Reply::json(200, course_page()),
        "/api/service/participations/part_1" => {
            Reply::json(200, participation()).with_header("etag", "\"1\"")
        }
        _ => Reply::json(200, participation()),
    })
    .await;
    let (url, key) = (clerk.base_url(), clerk.secret_key());
    let output = run(&settings(&hemera, &url, &key), &["part_1"]).await;
    let expected = "Führung im Wandel (7 participants)\nrecorded at 2026-03-15T12:00:00.000Z\n";
    assert_eq!(parts(&output), (Some(0), expected, ""));
    assert_eq!(hemera.received().last().unwrap().header("if-match"), "\"1\"");
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Active).await, 0);
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Revoked).await, 1);
}

#[tokio::test]
async fn it_reports_a_failure_in_one_line_and_signs_out_too() {
    let clerk = Clerk::start().await;
    let body = failure("FORBIDDEN", "Not for this role");
    let hemera = Server::always(Reply::json(403, body)).await;
    let (url, key) = (clerk.base_url(), clerk.secret_key());
    let output = run(&settings(&hemera, &url, &key), &[]).await;
    let (code, printed, complaint) = parts(&output);
    assert_eq!(
        (code, printed, complaint.lines().count()),
        (Some(1), "", 1),
        "{complaint}"
    );
    let request_id = hemera.only().header("x-request-id").to_owned();
    for part in [
        "GET /api/service/courses: 403 FORBIDDEN",
        "ask Hemera's operators",
        &request_id,
    ] {
        assert!(complaint.contains(part), "{part} in {complaint}");
    }
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Active).await, 0);
}

#[tokio::test]
async fn without_settings_it_names_them() {
    let output = run(&[], &[]).await;
    let (code, printed, complaint) = parts(&output);
    assert_eq!(
        (code, printed, complaint.lines().count()),
        (Some(1), "", 1),
        "{complaint}"
    );
    assert!(
        complaint.starts_with("the client cannot be built; HEMERA_API_BASE_URL: is missing; set it | "),
        "{complaint}"
    );
}
