//! The session of a service user that is kept between processes: how often they sign in, and what lies in the file.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aither_client::{FileSessionStore, HemeraClient};
use clerk::{ErrorKind, FrontendApi, ServiceUser, SessionStore as _};
use clerk_emulator::SessionStatus;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::support::{Clerk, SERVICE_USER};

const SIGN_INS: &str = "/v1/client/sign_ins";
const MINTS: &str = "/v1/sessions/*/tokens/hemera-api";
const REVOKE: &str = "/v1/sessions/*/revoke";

/// A Clerk, and a directory in which sessions are kept.
struct Kept {
    clerk: Clerk,
    directory: TempDir,
}

impl Kept {
    async fn start() -> Self {
        Self {
            clerk: Clerk::start().await,
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// Does not exist before the first session is kept.
    fn state_dir(&self) -> PathBuf {
        self.directory.path().join("state/aither")
    }

    /// A client that shares nothing with the others but the directory, as another process would.
    fn process(&self) -> HemeraClient {
        let directory = self.state_dir();
        self.clerk
            .client(&[("AITHER_STATE_DIR", directory.to_str().unwrap())])
    }

    /// A process that gets a token and ends in order.
    async fn run(&self) {
        let client = self.process();
        client.tokens().warm().await.unwrap();
        client.close().await.unwrap();
    }

    async fn run_at_the_same_time(&self, processes: usize) {
        let mut running = JoinSet::new();
        for client in (0..processes).map(|_| self.process()) {
            running.spawn(async move { client.tokens().warm().await.unwrap() });
        }
        assert_eq!(running.join_all().await.len(), processes);
    }

    /// The files of sessions.
    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.state_dir()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .collect()
    }

    fn file(&self) -> PathBuf {
        let files = self.files();
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].clone()
    }

    /// Sign-ins and mints so far.
    fn requests(&self) -> [usize; 2] {
        [SIGN_INS, MINTS].map(|path| self.clerk.count("POST", path))
    }

    async fn active_sessions(&self) -> usize {
        self.clerk.sessions_of_service_user(SessionStatus::Active).await
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn ten_processes_one_after_another_sign_in_once() {
    let kept = Kept::start().await;
    for _ in 0..10 {
        kept.run().await;
    }
    assert_eq!(kept.requests(), [1, 10]);
    assert_eq!(kept.active_sessions().await, 1);
}

#[tokio::test]
async fn ten_processes_at_the_same_time_sign_in_once() {
    let kept = Kept::start().await;
    kept.run_at_the_same_time(10).await;
    assert_eq!(kept.requests(), [1, 10]);
}

#[tokio::test]
async fn file_and_directory_are_for_their_owner_only_and_hold_no_secret() {
    let kept = Kept::start().await;
    kept.run().await;
    assert_eq!(mode(&kept.state_dir()), 0o700);
    assert_eq!(mode(&kept.file()), 0o600);
    let text = fs::read_to_string(kept.file()).unwrap();
    let content: serde_json::Value = serde_json::from_str(&text).unwrap();
    let fields: Vec<&String> = content.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["sessionId", "version"]);
    assert!(!kept.file().to_str().unwrap().contains("aither-service"));
}

#[tokio::test]
async fn session_that_clerk_has_ended_is_replaced_once_for_all_processes() {
    for status in [
        SessionStatus::Revoked,
        SessionStatus::Expired,
        SessionStatus::Removed,
    ] {
        let kept = Kept::start().await;
        kept.run().await;
        kept.clerk.end_sessions_of(SERVICE_USER, status).unwrap();
        kept.run_at_the_same_time(10).await;
        assert_eq!(kept.requests()[0], 2, "{status:?}");
        assert_eq!(kept.active_sessions().await, 1, "{status:?}");
        kept.run().await;
        assert_eq!(kept.requests()[0], 2, "{status:?}");
    }
}

#[tokio::test]
async fn damaged_file_is_replaced_by_a_new_session() {
    let kept = Kept::start().await;
    kept.run().await;
    let good = fs::read_to_string(kept.file()).unwrap();
    let damages = [
        String::new(),
        "{".to_owned(),
        good[..good.len() - 3].to_owned(),
        good.replace("\"version\":1", "\"version\":2"),
        r#"{"version":1,"sessionId":""}"#.to_owned(),
        r#"{"version":1,"sessionId":"../users"}"#.to_owned(),
        " ".repeat(1 << 20),
    ];
    for (number, damage) in damages.iter().enumerate() {
        fs::write(kept.file(), damage).unwrap();
        kept.run().await;
        assert_eq!(kept.requests()[0], 2 + number, "{damage:.40}");
        kept.run().await;
        assert_eq!(kept.requests()[0], 2 + number, "{damage:.40}");
    }
}

#[tokio::test]
async fn file_that_others_may_write_is_not_trusted_and_replaced() {
    let kept = Kept::start().await;
    kept.run().await;
    set_mode(&kept.file(), 0o622);
    kept.run().await;
    assert_eq!(kept.requests()[0], 2);
    assert_eq!(mode(&kept.file()), 0o600);
}

#[tokio::test]
async fn each_instance_and_user_has_a_session_of_its_own() {
    let kept = Kept::start().await;
    kept.run().await;
    let directory = kept.state_dir();
    let other = kept.clerk.client(&[
        ("AITHER_STATE_DIR", directory.to_str().unwrap()),
        (
            "CLERK_SERVICE_USER_ID",
            &kept.clerk.user_id(SERVICE_USER).unwrap(),
        ),
    ]);
    other.tokens().warm().await.unwrap();
    assert_eq!(kept.requests()[0], 2);
    assert_eq!(kept.files().len(), 2);
}

#[tokio::test]
async fn signing_out_ends_the_session_of_an_earlier_process_and_removes_the_file() {
    let kept = Kept::start().await;
    kept.run().await;
    kept.process().sign_out().await.unwrap();
    assert_eq!(kept.active_sessions().await, 0);
    assert_eq!(kept.files(), Vec::<PathBuf>::new());
    kept.process().sign_out().await.unwrap();
    assert_eq!(kept.clerk.count("POST", REVOKE), 1);
    kept.run().await;
    assert_eq!(kept.requests()[0], 2);
}

#[tokio::test]
async fn call_after_another_process_has_signed_out_signs_in_again() {
    let kept = Kept::start().await;
    let running = kept.process();
    running.tokens().warm().await.unwrap();
    kept.process().sign_out().await.unwrap();
    kept.clerk.advance(Duration::from_mins(15));
    running.tokens().warm().await.unwrap();
    assert_eq!(kept.requests()[0], 2);
    assert_eq!(kept.active_sessions().await, 1);
}

#[tokio::test]
async fn session_that_cannot_be_kept_is_used_and_ends_with_its_process() {
    let kept = Kept::start().await;
    let state_dir = kept.state_dir();
    fs::create_dir_all(state_dir.parent().unwrap()).unwrap();
    fs::write(&state_dir, "a file in the place of the directory").unwrap();
    kept.run().await;
    fs::remove_file(&state_dir).unwrap();
    fs::create_dir(&state_dir).unwrap();
    set_mode(&state_dir, 0o777);
    kept.run().await;
    assert_eq!(kept.requests(), [2, 2]);
    assert_eq!(kept.active_sessions().await, 0);
    assert_eq!(kept.files(), Vec::<PathBuf>::new());
}

/// Its owner could put another session's id there.
#[tokio::test]
async fn directory_of_another_user_is_not_used() {
    const ANOTHER_USER: u32 = 12_345;
    let kept = Kept::start().await;
    kept.run().await;
    // Only root may give a directory away; for all others, the root directory is another user's.
    let given = std::os::unix::fs::chown(kept.state_dir(), Some(ANOTHER_USER), None);
    let directory = given.map_or(PathBuf::from("/"), |()| kept.state_dir());
    let store = FileSessionStore::new(&directory, "session.json");
    let error = store.lock().await.unwrap_err();
    assert!(error.to_string().contains("is another user's"), "{error}");
    assert!(!directory.join("session.json.lock").exists());
}

#[tokio::test]
async fn none_keeps_no_session() {
    let clerk = Clerk::start().await;
    let client = clerk.client(&[("AITHER_STATE_DIR", "none")]);
    client.tokens().warm().await.unwrap();
    client.close().await.unwrap();
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Active).await, 0);
    assert!(!Path::new("none").exists());
}

/// The lock of a process that does not go on, such as one that was stopped.
#[tokio::test]
async fn lock_that_another_process_keeps_delays_a_mint_and_refuses_a_sign_out() {
    let kept = Kept::start().await;
    let frontend = FrontendApi::builder(kept.clerk.base_url().parse().unwrap());
    let store = FileSessionStore::new(kept.directory.path(), "session.json").with_patience(Duration::ZERO);
    let user = ServiceUser::builder(kept.clerk.backend_api(), frontend.build().unwrap(), SERVICE_USER)
        .with_session_store(Arc::new(store))
        .build();
    let lock = File::create(kept.directory.path().join("session.json.lock")).unwrap();
    lock.lock().unwrap();
    user.mint().await.unwrap();
    let error = user.sign_out().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StoreFailed);
    assert!(error.to_string().contains("another process has kept"), "{error}");
    assert_eq!(
        kept.active_sessions().await,
        0,
        "its own session is ended none the less"
    );
    lock.unlock().unwrap();
    user.sign_out().await.unwrap();
}
