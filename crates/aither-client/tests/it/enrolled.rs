//! Enrolled sessions: redeemed once, saved in a file for the owner only, and used without the secret key.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aither_client::{EnrolledSession, HemeraClient, TokenError, TokenSource};
use clerk::{FrontendApi, Ticket, TokenKind};
use clerk_emulator::{Options, SessionStatus};
use tempfile::TempDir;

use crate::support::{Clerk, Logs, SERVICE_USER};

const SIGN_INS: &str = "/v1/client/sign_ins";
const MINTS: &str = "/v1/client/sessions/*/tokens/hemera-api";
const WEEK: Duration = Duration::from_hours(7 * 24);

/// A directory that is deleted after the test, and the path of a session file in it.
struct Host {
    _directory: TempDir,
    path: PathBuf,
}

impl Host {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("session.json");
        Self {
            _directory: directory,
            path,
        }
    }

    fn source(&self, clerk: &Clerk, ticket: Option<&str>) -> EnrolledSession {
        let frontend = FrontendApi::builder(clerk.base_url().parse().unwrap())
            .build()
            .unwrap();
        let source = EnrolledSession::new(frontend, &self.path)
            .with_token(TokenKind::Template("hemera-api".to_owned()))
            .with_clock(clerk.clock.clone());
        match ticket {
            Some(ticket) => source.with_ticket(Ticket::new(ticket)),
            None => source,
        }
    }
}

fn ticket(clerk: &Clerk) -> String {
    clerk.ticket(SERVICE_USER, Duration::from_hours(1)).unwrap()
}

async fn token(source: &EnrolledSession) {
    source.token().await.unwrap();
}

async fn refused(source: &EnrolledSession) -> TokenError {
    source.token().await.unwrap_err()
}

#[tokio::test]
async fn ticket_is_redeemed_once_and_the_file_outlives_the_process() {
    let (clerk, host) = (Clerk::start().await, Host::new());
    let ticket = ticket(&clerk);
    let path = host.path.to_str().unwrap();
    let enrolled = [
        ("AITHER_AUTH", "enrolled"),
        ("AITHER_SESSION_FILE", path),
        ("CLERK_SECRET_KEY", ""),
        ("CLERK_SERVICE_USER_EMAIL", ""),
    ];
    let handed_over = [&enrolled[..], &[("CLERK_SERVICE_USER_SIGNIN_TOKEN", &ticket)]].concat();
    let processes: [&[(&str, &str)]; 3] = [&handed_over, &handed_over, &enrolled];
    for settings in processes {
        let client: HemeraClient = clerk.client(settings);
        client.tokens().token().await.unwrap();
        clerk.advance(Duration::from_mins(15));
        client.tokens().token().await.unwrap();
    }
    assert_eq!(
        (clerk.count("POST", SIGN_INS), clerk.count("POST", MINTS)),
        (1, 6)
    );
    assert_eq!(clerk.requests(), 7);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let (clerk, host) = (Clerk::start().await, Host::new());
    let source = host.source(&clerk, Some(&ticket(&clerk)));
    token(&source).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&host.path), 0o600);
    for open in [0o640, 0o604, 0o660] {
        fs::set_permissions(&host.path, fs::Permissions::from_mode(open)).unwrap();
        let text = refused(&source).await.to_string();
        assert!(text.contains("chmod 600"), "{open:o}: {text}");
    }
    fs::set_permissions(&host.path, fs::Permissions::from_mode(0o600)).unwrap();
    token(&source).await;
}

#[tokio::test]
async fn newest_client_token_is_saved_after_every_response() {
    let (clerk, host) = (Clerk::start().await, Host::new());
    clerk.change_settings(|settings| settings.rotate_client_tokens = true);
    let first = host.source(&clerk, Some(&ticket(&clerk)));
    let mut contents = Vec::new();
    for _ in 0..3 {
        token(&first).await;
        contents.push(fs::read_to_string(&host.path).unwrap());
    }
    assert!(contents[0] != contents[1] && contents[1] != contents[2]);
    token(&host.source(&clerk, None)).await;
    assert_eq!(clerk.count("POST", SIGN_INS), 1);
}

#[tokio::test]
async fn processes_that_share_the_file_keep_its_client_token_valid() {
    let (clerk, host) = (Clerk::start().await, Host::new());
    clerk.change_settings(|settings| settings.rotate_client_tokens = true);
    let ticket = ticket(&clerk);
    let sources: Vec<_> = (0..4)
        .map(|_| Arc::new(host.source(&clerk, Some(&ticket))))
        .collect();
    let mut minting = tokio::task::JoinSet::new();
    for source in sources {
        minting.spawn(async move {
            for _ in 0..5 {
                token(&source).await;
            }
        });
    }
    minting.join_all().await;
    assert_eq!(
        (clerk.count("POST", SIGN_INS), clerk.count("POST", MINTS)),
        (1, 20)
    );
}

#[tokio::test]
async fn without_native_api_the_session_is_and_stays_a_browser_session() {
    for options in [Options::production(), Options::new()] {
        let (clerk, host) = (Clerk::start_with(options).await, Host::new());
        clerk.change_settings(|settings| {
            settings.native_api = false;
            settings.rotate_client_tokens = true;
        });
        let ticket = ticket(&clerk);
        let settings = [
            ("AITHER_AUTH", "enrolled"),
            ("AITHER_SESSION_FILE", host.path.to_str().unwrap()),
            ("CLERK_SERVICE_USER_SIGNIN_TOKEN", &ticket),
            ("CLERK_SIGN_IN_ORIGIN", "https://app.hemera-academy.com"),
        ];
        for _ in 0..2 {
            clerk.client(&settings).tokens().token().await.unwrap();
        }
        assert_eq!(clerk.count("POST", MINTS), 2);
    }
}

#[tokio::test]
async fn error_of_a_host_that_is_not_enrolled_says_how_to_enrol() {
    let (clerk, host) = (Clerk::start().await, Host::new());
    let error = refused(&host.source(&clerk, None)).await;
    assert!(!error.is_transient());
    assert!(error.to_string().contains("hemera-api clerk enroll"), "{error}");
    assert_eq!(clerk.requests(), 0);
}

#[tokio::test]
async fn ended_session_needs_a_new_ticket() {
    let (clerk, host) = (Clerk::start().await, Host::new());
    let first = ticket(&clerk);
    let source = host.source(&clerk, Some(&first));
    token(&source).await;
    clerk
        .end_sessions_of(SERVICE_USER, SessionStatus::Revoked)
        .unwrap();
    let before = clerk.requests();
    let error = refused(&source).await;
    assert!(
        error.to_string().contains("the enrolled session has ended"),
        "{error}"
    );
    assert!(!error.is_transient());
    assert_eq!(clerk.requests(), before + 1);
    token(&host.source(&clerk, Some(&ticket(&clerk)))).await;
    assert_eq!(clerk.count("POST", SIGN_INS), 2);
}

#[tokio::test]
async fn new_ticket_replaces_a_session_that_is_still_valid() {
    let (clerk, host) = (Clerk::start().await, Host::new());
    let first = host.source(&clerk, Some(&ticket(&clerk)));
    token(&first).await;
    let second = host.source(&clerk, Some(&ticket(&clerk)));
    token(&second).await;
    token(&second).await;
    assert_eq!(clerk.count("POST", SIGN_INS), 2);
    assert_ne!(first.enrolment().unwrap(), second.enrolment().unwrap());
}

#[tokio::test]
async fn refused_new_ticket_leaves_the_existing_session() {
    let (clerk, host) = (Clerk::start().await, Host::new());
    token(&host.source(&clerk, Some(&ticket(&clerk)))).await;
    token(&host.source(&clerk, Some("no ticket at all"))).await;
    let alone = Host::new();
    let error = refused(&alone.source(&clerk, Some("no ticket at all"))).await;
    assert!(error.to_string().contains("ticket_invalid_code"), "{error}");
}

#[tokio::test]
async fn warning_is_logged_two_days_before_the_end_and_once_an_hour() {
    let (logs, _guard) = Logs::record();
    let warnings = || logs.text().matches("the enrolled session nears its end").count();
    let (clerk, host) = (Clerk::start().await, Host::new());
    let source = host.source(&clerk, Some(&ticket(&clerk)));
    assert_eq!(source.enrolment(), None);
    token(&source).await;
    let enrolment = source.enrolment().unwrap();
    assert_eq!(
        (enrolment.ends_at, enrolment.is_due),
        (Some(clerk.now() + WEEK), false)
    );
    clerk.advance(Duration::from_hours(7 * 24 - 49));
    token(&source).await;
    assert_eq!((source.enrolment().unwrap().is_due, warnings()), (false, 0));
    clerk.advance(Duration::from_hours(1));
    for _ in 0..5 {
        token(&source).await;
    }
    assert_eq!((source.enrolment().unwrap().is_due, warnings()), (true, 1));
    assert!(logs.text().contains("hours_left=48"), "{}", logs.text());
    clerk.advance(Duration::from_hours(1));
    token(&source).await;
    assert_eq!(warnings(), 2);
}

#[tokio::test]
async fn unwritable_session_is_used_from_memory() {
    let (clerk, host) = (Clerk::start().await, Host::new());
    clerk.change_settings(|settings| settings.rotate_client_tokens = true);
    let in_the_way = host.path.with_file_name("session.json.new");
    fs::create_dir(&in_the_way).unwrap();
    let source = host.source(&clerk, Some(&ticket(&clerk)));
    for _ in 0..3 {
        token(&source).await;
    }
    assert!(!host.path.exists());
    fs::remove_dir(&in_the_way).unwrap();
    token(&source).await;
    token(&host.source(&clerk, None)).await;
    assert_eq!(clerk.count("POST", SIGN_INS), 1);
}

#[tokio::test]
async fn damaged_file_is_reported_and_not_changed() {
    let (clerk, host) = (Clerk::start().await, Host::new());
    let source = host.source(&clerk, Some(&ticket(&clerk)));
    token(&source).await;
    let good = fs::read_to_string(&host.path).unwrap();
    for damaged in ["", "{}", &good[..good.len() / 2]] {
        // In place, so that the permissions stay.
        fs::write(&host.path, damaged).unwrap();
        let error = refused(&source).await;
        assert!(error.to_string().contains("damaged"), "{error}");
        assert_eq!(fs::read_to_string(&host.path).unwrap(), damaged);
    }
    let nowhere = Host::new();
    fs::remove_dir(nowhere.path.parent().unwrap()).unwrap();
    let error = refused(&nowhere.source(&clerk, None)).await;
    assert!(error.to_string().contains("AITHER_SESSION_FILE"), "{error}");
}

/// The lock of a process that does not go on, such as one that was stopped.
#[tokio::test]
async fn lock_that_another_process_keeps_is_an_error_that_passes_with_it() {
    let (clerk, host) = (Clerk::start().await, Host::new());
    let source = host.source(&clerk, Some(&ticket(&clerk)));
    let source = source.with_patience(Duration::from_millis(1));
    let lock = fs::File::create(host.path.with_file_name("session.json.lock")).unwrap();
    lock.lock().unwrap();
    let error = refused(&source).await;
    assert!(error.is_transient(), "{error}");
    assert!(error.to_string().contains("another process has kept"), "{error}");
    assert_eq!(clerk.count("POST", SIGN_INS), 0, "the sign-in token is not lost");
    lock.unlock().unwrap();
    token(&source).await;
}

#[tokio::test]
async fn session_and_ticket_are_never_printed() {
    let (logs, _guard) = Logs::record();
    let (clerk, host) = (Clerk::start().await, Host::new());
    let ticket = ticket(&clerk);
    let source = host.source(&clerk, Some(&ticket));
    token(&source).await;
    let kept: serde_json::Value = serde_json::from_str(&fs::read_to_string(&host.path).unwrap()).unwrap();
    let client_token = kept["session"]["client_token"].as_str().unwrap();
    clerk
        .end_sessions_of(SERVICE_USER, SessionStatus::Revoked)
        .unwrap();
    let error = refused(&source).await;
    let shown = format!("{source:?} {error} {error:?} {}", logs.text());
    assert!(shown.contains("EnrolledSession") && shown.contains("Clerk answered"));
    for secret in [client_token, &ticket] {
        assert!(!shown.contains(secret));
    }
    assert!(!kept.to_string().contains(&ticket));
}
