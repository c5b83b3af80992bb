//! The binary: what it prints, and how it ends.

use std::io::{BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::support::Caller;

/// The process; it ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clerk-emulator"));
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> (Running, BufReader<std::process::ChildStdout>) {
    let mut child = command(arguments).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    (Running(child), lines)
}

fn line(lines: &mut impl std::io::BufRead) -> String {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

#[tokio::test]
async fn it_prints_its_address_and_its_keys() {
    let (_running, mut lines) = run(&["--listen", "127.0.0.1:0", "--production"]);
    let base = line(&mut lines).strip_prefix("listening on ").unwrap().to_owned();
    assert!(line(&mut lines).starts_with("CLERK_PUBLISHABLE_KEY=pk_live_"));
    assert_eq!(line(&mut lines), "CLERK_SECRET_KEY=sk_live_emulator");
    let caller = Caller::new(&base).with_key("sk_live_emulator");
    assert_eq!(caller.get("/v1/users/count").await.ok()["total_count"], 4);
}

#[tokio::test]
async fn the_plan_is_an_option_of_the_command_line() {
    let (_running, mut lines) = run(&["--listen", "127.0.0.1:0", "--production", "--plan", "hobby"]);
    let base = line(&mut lines).strip_prefix("listening on ").unwrap().to_owned();
    let settings = Caller::new(&base).get("/__emulator/settings").await.ok();
    assert_eq!(settings["plan"], "hobby");
}

#[test]
fn with_json_it_prints_one_line_and_ends_with_its_standard_input() {
    let (mut running, mut lines) = run(&["--listen", "127.0.0.1:0", "--json", "--until-stdin-ends"]);
    let ready: Value = serde_json::from_str(&line(&mut lines)).unwrap();
    assert_eq!(ready["secret_key"], "sk_test_emulator");
    assert!(
        ready["base_url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
    assert!(
        ready["jwt_key"]
            .as_str()
            .unwrap()
            .starts_with("-----BEGIN PUBLIC KEY-----")
    );
    drop(running.0.stdin.take());
    assert!(running.0.wait().unwrap().success());
}

#[test]
fn signals_end_it_with_success() {
    for signal in ["TERM", "INT"] {
        let (mut running, mut lines) = run(&["--listen", "127.0.0.1:0"]);
        line(&mut lines);
        // The shell's own: a bare system has no program of that name.
        let kill = Command::new("sh")
            .args(["-c", "kill -s \"$0\" \"$1\"", signal])
            .arg(running.0.id().to_string())
            .status();
        assert!(kill.unwrap().success());
        assert!(running.0.wait().unwrap().success(), "{signal}");
    }
}

#[test]
fn a_failed_start_prints_one_line_and_fails() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = std::env::temp_dir();
    let table = [
        (vec!["--listen", address.as_str()], "with --listen"),
        (
            vec!["--listen", "127.0.0.1:0", "--seed", "/nowhere/seed.toml"],
            "may read, with --seed",
        ),
        (
            vec!["--listen", "127.0.0.1:0", "--seed", folder.to_str().unwrap()],
            "cannot read the seed",
        ),
        (
            vec!["--listen", "127.0.0.1:0", "--public-url", "http://localhost"],
            "correct --public-url",
        ),
    ];
    for (arguments, expected) in table {
        let mut running = Running(command(&arguments).spawn().unwrap());
        let mut message = String::new();
        running
            .0
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut message)
            .unwrap();
        assert!(!running.0.wait().unwrap().success());
        assert!(
            message.contains(expected) && message.trim_end().lines().count() == 1,
            "{message}"
        );
    }
}

/// A filter that is not understood would hide the lines that were asked for.
#[test]
fn a_log_filter_that_is_none_is_refused() {
    let mut command = command(&["--listen", "127.0.0.1:0"]);
    let output = command.env("RUST_LOG", "a=b=c,[").output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert_eq!(
        message,
        "clerk-emulator: RUST_LOG must be a filter such as info or clerk_emulator=debug\n"
    );
}
