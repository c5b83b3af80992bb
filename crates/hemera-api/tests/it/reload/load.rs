//! Each secret is replaced while callers call, over TLS and without retries: no call fails.

use std::ffi::OsString;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use aither_client::hemera_types::CourseQuery;
use aither_client::network::RootCertificates;
use aither_client::{
    HemeraClient, HemeraClientBuilder, Pace, SecretString, StaticServiceKey, Token, TokenError, TokenFuture,
    TokenSource,
};
use clerk_emulator::{ClerkEmulator, Forgery, Options};
use freshness::SystemClock;
use hemera_api::config::{Config, Inputs};
use hemera_api::{App, Ended, Secrets, Stop};
use tempfile::TempDir;
use tokio::task::{JoinHandle, JoinSet};

use super::logins::TestLogin;
use super::{SecretFile, table};
use crate::support::tls::pair;
use crate::support::{Person, TestDatabase, environment};

const SPRING: &str = "hmr_spring";
const SUMMER: &str = "hmr_summer";

/// Calls that have to succeed after each change, of every caller.
const CALLS: u64 = 15;

/// More than any caller makes in a minute.
const MOST: NonZeroU32 = NonZeroU32::new(1_000_000).unwrap();

const PATIENCE: Duration = Duration::from_mins(1);

const SETTINGS: [(&str, &str); 6] = [
    ("HEMERA_SECRETS__INTERVAL", "1h"),
    ("HEMERA_ROLES__MAX_AGE", "1s"),
    ("HEMERA_ROLES__COOL_DOWN", "100ms"),
    ("HEMERA_ROLES__GRACE", "0s"),
    ("HEMERA_LIMITS__API_CLIENT_RATE", "1000000"),
    ("HEMERA_LIMITS__API_CLIENT_BURST", "1000000"),
];

/// One token, for as long as the test.
#[derive(Debug)]
struct OneToken(SecretString);

impl TokenSource for OneToken {
    fn token(&self) -> TokenFuture<'_> {
        let token = Token::bearer(&self.0, Duration::from_mins(15)).map_err(TokenError::permanent);
        Box::pin(std::future::ready(token))
    }
}

/// Callers that call one after the other, each on its own connections.
struct Load {
    made: Vec<Arc<AtomicU64>>,
    failed: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    callers: JoinSet<()>,
}

impl Load {
    fn new() -> Self {
        Self {
            made: Vec::new(),
            failed: Arc::default(),
            stop: Arc::default(),
            callers: JoinSet::new(),
        }
    }

    fn call(&mut self, builder: HemeraClientBuilder) {
        let client = builder
            .with_pace(Pace::new(MOST, MOST))
            .with_max_attempts(1)
            .build()
            .unwrap();
        let (made, failed, stop) = (Arc::default(), Arc::clone(&self.failed), Arc::clone(&self.stop));
        self.made.push(Arc::clone(&made));
        self.callers.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                if let Err(error) = client.service_courses(&CourseQuery::default()).await {
                    tracing::error!(%error, "a call failed");
                    eprintln!("a call failed: {error}");
                    failed.fetch_add(1, Ordering::Relaxed);
                }
                made.fetch_add(1, Ordering::Relaxed);
            }
        });
    }

    /// Waits until every caller has made some more calls.
    async fn go_on(&self) {
        let goals: Vec<_> = self
            .made
            .iter()
            .map(|made| made.load(Ordering::Relaxed) + CALLS)
            .collect();
        let calling = async {
            for (made, goal) in self.made.iter().zip(goals) {
                while made.load(Ordering::Relaxed) < goal {
                    tokio::task::yield_now().await;
                }
            }
        };
        tokio::time::timeout(PATIENCE, calling)
            .await
            .expect("the callers go on");
    }

    async fn end(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.callers.join_all().await;
        self.failed.load(Ordering::Relaxed)
    }
}

/// Has the new values read, before and after them some calls.
async fn replace(load: &Load, secrets: &Secrets) {
    load.go_on().await;
    secrets.read_now().await;
    load.go_on().await;
}

async fn until_roles_are_looked_up(load: &Load, clerk: &ClerkEmulator) {
    let lookups = || clerk.journal("GET", "/v1/users/*").len();
    let goal = lookups() + 2;
    while lookups() < goal {
        load.go_on().await;
    }
}

async fn no_call_has_failed(load: Load, database: &TestDatabase) {
    let failed = load.end().await;
    let reasons = database
        .rows("select reason, count(*) from audit_log where status >= 400 group by reason")
        .await;
    assert_eq!(failed, 0, "failed calls: {reasons:?}");
}

fn copy_pair(from: &TempDir, to: &TempDir) {
    for name in ["cert.pem", "key.pem"] {
        std::fs::write(to.path().join(name), pem(from, name)).unwrap();
    }
}

/// How a server is called.
struct Callers {
    base_url: String,
    token: String,
    roots: RootCertificates,
}

impl Callers {
    fn with_key(&self, key: &str) -> HemeraClientBuilder {
        let source = StaticServiceKey::parse(key.to_owned()).unwrap();
        HemeraClient::builder(self.base_url.parse().unwrap(), source)
            .with_root_certificates(self.roots.clone())
    }

    fn with_token(&self) -> HemeraClientBuilder {
        let source = OneToken(self.token.clone().into());
        HemeraClient::builder(self.base_url.parse().unwrap(), source)
            .with_root_certificates(self.roots.clone())
    }
}

/// A server on the clock of the system, with its port.
async fn serve(environment: Vec<(OsString, OsString)>) -> (Stop, Secrets, u16, JoinHandle<Ended>) {
    let inputs = Inputs {
        environment,
        environment_file: None,
        file: None,
    };
    let config = Config::load(&inputs).unwrap();
    let app = App::build(&config, Arc::new(SystemClock)).await.unwrap();
    let (stop, secrets, port) = (Stop::new(), app.secrets().clone(), app.address().port());
    let asked = stop.clone();
    let running = tokio::spawn(async move { app.run(&asked).await.unwrap() });
    (stop, secrets, port, running)
}

fn pem(folder: &TempDir, name: &str) -> Vec<u8> {
    std::fs::read(folder.path().join(name)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_fails_while_each_secret_is_replaced() {
    let clerk = ClerkEmulator::start(Options::production().with_shared_key())
        .await
        .unwrap();
    let database = TestDatabase::create().await;
    let (old_login, new_login) =
        tokio::join!(TestLogin::of_server(&database), TestLogin::of_server(&database));
    let (files, tls) = pair();
    let (new_files, _) = pair();
    let keys = SecretFile::with(table("spring", SPRING));
    let clerk_key = SecretFile::with(clerk.secret_key());
    let url = SecretFile::with(&old_login.url);
    let mut settings = SETTINGS.to_vec();
    settings.extend([
        ("HEMERA_SERVICE_KEYS_FILE", keys.path()),
        ("CLERK_SECRET_KEY_FILE", clerk_key.path()),
        ("DATABASE_URL_FILE", url.path()),
    ]);
    settings.extend(tls.iter().map(|(name, value)| (*name, value.as_str())));
    let environment = environment(&clerk, &database, &settings);
    let (stop, secrets, port, running) = serve(environment).await;
    let token = clerk.forge(&Forgery::template(Person::Service.email(), "hemera-api"));
    let callers = Callers {
        base_url: format!("https://localhost:{port}"),
        token: token.unwrap(),
        roots: RootCertificates::parse(&[pem(&files, "cert.pem"), pem(&new_files, "cert.pem")].concat())
            .unwrap(),
    };
    let mut load = Load::new();
    load.call(callers.with_key(SPRING));
    load.call(callers.with_token());

    keys.write(table("spring", SPRING) + &table("summer", SUMMER));
    replace(&load, &secrets).await;
    load.call(callers.with_key(SUMMER));

    let new_key = clerk.add_secret_key();
    clerk_key.write(&new_key);
    replace(&load, &secrets).await;
    clerk.delete_secret_key("sk_live_emulator").unwrap();
    until_roles_are_looked_up(&load, &clerk).await;

    copy_pair(&new_files, &files);
    replace(&load, &secrets).await;
    // Its handshake is with the new pair.
    load.call(callers.with_token());

    url.write(&new_login.url);
    replace(&load, &secrets).await;
    old_login.until_unused(&database).await;
    old_login.remove().await;
    load.go_on().await;

    no_call_has_failed(load, &database).await;
    stop.ask();
    let ended = running.await.unwrap();
    assert!(ended.is_clean(), "{ended:?}");
    new_login.until_unused(&database).await;
    new_login.remove().await;
}
