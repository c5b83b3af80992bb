//! Flows that are killed in the middle, as processes of their own.

mod import;
mod limits;
mod sync;

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use aither_client::testing::InMemoryHemera;
use tokio::process::Command;

/// The example `killed_at`, which cargo builds together with the tests.
pub(crate) fn example() -> PathBuf {
    // This test is target/<profile>/deps/it-…
    let this = std::env::current_exe().unwrap();
    this.ancestors().nth(2).unwrap().join("examples/killed_at")
}

/// A process that runs a flow at this Hemera.
pub(crate) fn child(hemera: &InMemoryHemera, program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("HEMERA", hemera.base_url().to_string())
        .env("HEMERA_KEY", hemera.service_key())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Runs it to its end, or to the line of its log at which it kills itself.
pub(crate) async fn run(hemera: &InMemoryHemera, flow: &str, path: &Path, kill_at: Option<u64>) -> Output {
    let mut command = child(hemera, &example(), &[flow, path.to_str().unwrap()]);
    if let Some(line) = kill_at {
        command.env("KILL_AT", line.to_string());
    }
    let output = command.output().await;
    output.unwrap_or_else(|error| panic!("{error}; cargo build --examples builds it"))
}

/// A number that a process that ended by itself says on standard error: `lines` or `memory`.
pub(crate) fn said(output: &Output, name: &str) -> u64 {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap().split(' ').next().unwrap().parse().unwrap()
}

pub(crate) fn was_killed(output: &Output) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    output.status.signal() == Some(9)
}

/// Ten different numbers from 1 to `most`, the same for the same seed.
pub(crate) fn points(seed: u64, most: u64) -> Vec<u64> {
    assert!(most >= 10, "{most} lines are too few");
    let mut state = seed;
    let mut chosen = Vec::new();
    while chosen.len() < 10 {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let point = (mixed ^ (mixed >> 31)) % most + 1;
        if !chosen.contains(&point) {
            chosen.push(point);
        }
    }
    chosen
}
