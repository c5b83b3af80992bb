//! The session at Clerk that is kept between calls.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use clerk_emulator::SessionStatus;
use tokio::task::JoinSet;

use crate::support::clerk::{Clerk, SERVICE_USER};
use crate::support::{Aither, ended};

fn state_dir(aither: &Aither) -> PathBuf {
    aither.home().join(".local/state/aither")
}

fn session_files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn run_at_the_same_time(aither: &Aither, processes: usize) {
    let mut running = JoinSet::new();
    for child in (0..processes).map(|_| aither.start(&["token"])) {
        running.spawn(ended(child));
    }
    for run in running.join_all().await {
        run.succeeded();
    }
}

#[tokio::test]
async fn ten_calls_are_one_sign_in() {
    let clerk = Clerk::start().await;
    let aither = clerk.aither();
    for _ in 0..10 {
        aither.run(&["token"]).await.succeeded();
    }
    assert_eq!(clerk.requests(), [1, 10, 0]);
    let directory = state_dir(&aither);
    assert_eq!(mode(&directory), 0o700);
    let files = session_files(&directory);
    assert_eq!(files.len(), 1);
    assert_eq!(mode(&files[0]), 0o600);
}

#[tokio::test]
async fn ten_calls_at_the_same_time_are_one_sign_in() {
    let clerk = Clerk::start().await;
    run_at_the_same_time(&clerk.aither(), 10).await;
    assert_eq!(clerk.requests(), [1, 10, 0]);
}

#[tokio::test]
async fn session_that_clerk_has_ended_is_replaced_once_for_calls_at_the_same_time() {
    let clerk = Clerk::start().await;
    let aither = clerk.aither();
    aither.run(&["token"]).await.succeeded();
    clerk
        .end_sessions_of(SERVICE_USER, SessionStatus::Revoked)
        .unwrap();
    run_at_the_same_time(&aither, 5).await;
    assert_eq!(clerk.requests()[0], 2);
}

#[tokio::test]
async fn doctor_uses_the_session_and_leaves_it() {
    let clerk = Clerk::start().await;
    let aither = clerk.aither();
    aither.run(&["doctor"]).await;
    aither.run(&["token"]).await.succeeded();
    assert_eq!(clerk.requests(), [1, 2, 0]);
}

#[tokio::test]
async fn logout_ends_the_session_and_the_next_call_signs_in_again() {
    let clerk = Clerk::start().await;
    let aither = clerk.aither();
    aither.run(&["token"]).await.succeeded();
    let ended = aither.run(&["logout"]).await.succeeded();
    assert_eq!(ended.output, "signed out: no session is kept\n");
    assert_eq!(clerk.requests(), [1, 1, 1]);
    assert_eq!(session_files(&state_dir(&aither)), Vec::<PathBuf>::new());
    assert_eq!(
        aither.json(&["logout"]).await,
        serde_json::json!({ "signedOut": true })
    );
    assert_eq!(clerk.requests(), [1, 1, 1]);
    aither.run(&["token"]).await.succeeded();
    assert_eq!(clerk.requests(), [2, 2, 1]);
}

#[tokio::test]
async fn other_places_of_the_session_are_set_or_refused() {
    let clerk = Clerk::start().await;
    let aither = clerk.aither();
    let set = aither.home().join("set");
    let aither = aither.with("AITHER_STATE_DIR", set.to_str().unwrap());
    aither.run(&["token"]).await.succeeded();
    assert_eq!(session_files(&set).len(), 1);
    let xdg = aither.home().join("xdg");
    let aither = aither
        .with("AITHER_STATE_DIR", "")
        .with("XDG_STATE_HOME", xdg.to_str().unwrap());
    aither.run(&["token"]).await.succeeded();
    assert_eq!(session_files(&xdg.join("aither")).len(), 1);
    // By the specification a relative path is ignored.
    let aither = aither.with("XDG_STATE_HOME", "relative");
    aither.run(&["token"]).await.succeeded();
    assert_eq!(session_files(&state_dir(&aither)).len(), 1);
    assert_eq!(clerk.requests(), [3, 3, 0]);
}

#[tokio::test]
async fn session_that_is_not_kept_ends_with_its_call() {
    let clerk = Clerk::start().await;
    let aither = clerk.aither().with("AITHER_STATE_DIR", "none");
    aither.run(&["token"]).await.succeeded();
    assert_eq!(clerk.requests(), [1, 1, 1]);
    aither.file("taken", "a file in the place of the directory");
    let taken = aither.directory().join("taken");
    let aither = aither.with("AITHER_STATE_DIR", taken.to_str().unwrap());
    let ended = aither.run(&["token"]).await.succeeded();
    assert_eq!(clerk.requests(), [2, 2, 2]);
    assert_eq!(ended.notes.lines().count(), 1, "{ended:?}");
    assert!(
        ended.notes.starts_with("warning: the session is not kept"),
        "{ended:?}"
    );
    assert!(ended.notes.contains("AITHER_STATE_DIR"), "{ended:?}");
}
