//! The units in `deploy/systemd` that run the command: the settings that they name, and the notice after failed runs. What systemd
//! itself says to them is a step of `cargo xtask check`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::Aither;

fn path(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/systemd");
    folder.join(name)
}

#[tokio::test]
async fn every_setting_that_they_name_is_one_of_the_command() {
    let json = Aither::bare().json(&["settings"]).await;
    let settings = json["settings"].as_array().unwrap();
    let is_known = |name: &str| {
        // A secret may be in a file.
        let is = |setting: &serde_json::Value| {
            setting["name"] == name
                || (setting["isSecret"] == true && name.strip_suffix("_FILE") == setting["name"].as_str())
        };
        settings.iter().any(is)
    };
    assert!(!is_known("AITHER_DOOR_SOKET") && !is_known("AITHER_DOOR_LISTEN_FILE"));
    let mut named = 0;
    for file in [
        "aither-serve.service",
        "aither-sync.service",
        "aither.env.example",
    ] {
        let text = std::fs::read_to_string(path(file)).unwrap();
        for line in text.lines() {
            let line = line.strip_prefix("Environment=").unwrap_or(line);
            let Some((name, _)) = line.split_once('=').filter(|(name, _)| name.contains('_')) else {
                continue;
            };
            named += 1;
            assert!(is_known(name), "{file}: {name}");
        }
    }
    assert!(named >= 9, "{named}");
}

/// What the script does at one failed run of `aither-sync`.
fn failed_run(state: &TempDir, notice_after: u32) -> Output {
    let mut script = Command::new("sh");
    let output = script
        .arg(path("aither-failed"))
        .arg("aither-sync")
        .env("STATE_DIRECTORY", state.path())
        .env("AITHER_NOTICE_AFTER", notice_after.to_string())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

fn is_notice(output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stdout);
    // The priority `crit`, and what to do.
    let notice = said.starts_with("<2>aither-sync.service has failed") && said.contains("journalctl --unit");
    assert!(notice || said.is_empty(), "{said}");
    notice
}

#[test]
fn the_failed_run_of_the_number_that_is_set_is_a_notice_and_no_other_of_its_series() {
    let state = tempfile::tempdir().unwrap();
    let series = || -> Vec<bool> { (0..5).map(|_| is_notice(&failed_run(&state, 3))).collect() };
    assert_eq!(series(), [false, false, true, false, false]);
    // What a run that succeeds removes (aither-sync.service).
    let sync = std::fs::read_to_string(path("aither-sync.service")).unwrap();
    assert!(sync.contains("\nExecStartPost=rm -f %S/aither/failed-runs.%p\n"));
    std::fs::remove_file(state.path().join("failed-runs.aither-sync")).unwrap();
    assert_eq!(series(), [false, false, true, false, false]);
}

#[test]
fn where_one_failure_is_enough_each_is_a_notice() {
    let state = tempfile::tempdir().unwrap();
    assert!((0..3).all(|_| is_notice(&failed_run(&state, 1))));
}

#[test]
fn a_count_that_cannot_be_kept_or_read_keeps_no_notice_back() {
    let state = tempfile::tempdir().unwrap();
    let counter = state.path().join("failed-runs.aither-sync");
    std::fs::create_dir(&counter).unwrap();
    assert!((0..2).all(|_| is_notice(&failed_run(&state, 3))));
    std::fs::remove_dir(&counter).unwrap();
    std::fs::write(&counter, "2 or so").unwrap();
    let series: Vec<bool> = (0..3).map(|_| is_notice(&failed_run(&state, 3))).collect();
    assert_eq!(series, [false, false, true]);
}
