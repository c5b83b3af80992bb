//! A server of a test's own, on a clock that only the test moves.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clerk_emulator::{ClerkEmulator, Forgery, Options, Seed};
use freshness::ManualClock;
use hemera_api::App;
use hemera_api::config::{Config, Inputs};
use time::OffsetDateTime;
use time::macros::datetime;

use super::{Person, Sender, TestDatabase};

/// When every test begins.
const BEGIN: OffsetDateTime = datetime!(2026-03-10 09:00 UTC);

/// The SHA-256 of the service key.
const SERVICE_KEY_SHA256: &str = "bbcc39a6ad149ef7c7af0fb70f96ba0c81a463470cad285fde0742cbd52f2687";

/// A server with its database, its Clerk and its clock. Every test ends with [`finish`](Self::finish), or fails.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) clerk: ClerkEmulator,
    pub(crate) clock: ManualClock,
    pub(crate) database: TestDatabase,
    must_finish: MustFinish,
}

/// Fails a test that ends without finishing its server: the audit records that still wait would be lost unseen.
#[derive(Debug)]
struct MustFinish(bool);

impl Drop for MustFinish {
    fn drop(&mut self) {
        let Self(must_finish) = *self;
        assert!(
            !must_finish || std::thread::panicking(),
            "the test ends without `finish()` of its TestApp"
        );
    }
}

/// The settings of a test's server; `settings` are added to them, or replace them.
pub(crate) fn environment(
    clerk: &ClerkEmulator,
    database: &TestDatabase,
    settings: &[(&str, &str)],
) -> Vec<(OsString, OsString)> {
    let mut all = vec![
        ("DATABASE_URL".into(), database.server_url()),
        ("CLERK_SECRET_KEY".into(), clerk.secret_key()),
        ("CLERK_API_URL".into(), clerk.base_url()),
        ("CLERK_ISSUER".into(), clerk.issuer()),
        ("HEMERA_HTTP__LISTEN".into(), "127.0.0.1:0".into()),
        ("HEMERA_DATABASE__MAX_CONNECTIONS".into(), "4".into()),
        ("HEMERA_TOKENS__CLASSES".into(), "template,session,machine".into()),
        (
            "HEMERA_SERVICE_KEYS__ROLLBACK__SHA256".into(),
            SERVICE_KEY_SHA256.into(),
        ),
        (
            "HEMERA_SERVICE_KEYS__ROLLBACK__SUBJECT".into(),
            "aither-rollback".into(),
        ),
    ];
    // Either by value or as a file.
    all.retain(|(name, _): &(String, String)| {
        settings
            .iter()
            .all(|(set, _)| set.strip_suffix("_FILE") != Some(name.as_str()))
    });
    all.extend(
        settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    all.into_iter()
        .map(|(name, value): (String, String)| (name.into(), value.into()))
        .collect()
}

impl TestApp {
    /// A service key that every test's server accepts.
    pub(crate) const SERVICE_KEY: &str = "hmr_test_5b0f4c1d9e7a4f2c8d3b6a1e0c9f8d7b";

    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A server with these settings on top of the usual ones.
    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_on(Seed::demo(), settings).await
    }

    /// The same over a Clerk of the test's own.
    pub(crate) async fn start_on(seed: Seed, settings: &[(&str, &str)]) -> Self {
        let (clerk, database) = tokio::join!(
            ClerkEmulator::start(Options::production().with_seed(seed).with_shared_key()),
            TestDatabase::create()
        );
        let clerk = clerk.unwrap();
        let begin = SystemTime::from(BEGIN);
        clerk.stand_at(begin);
        let clock = ManualClock::at(begin);
        let environment = environment(&clerk, &database, settings);
        let config = Config::load(&Inputs {
            environment,
            environment_file: None,
            file: None,
        })
        .unwrap();
        let app = App::build(&config, Arc::new(clock.clone())).await.unwrap();
        Self {
            app,
            clerk,
            clock,
            database,
            must_finish: MustFinish(true),
        }
    }

    /// Ends the server, sees that every audit record was stored, and returns the database to look at.
    pub(crate) async fn finish(self) -> TestDatabase {
        let (lost, database) = self.finish_with_losses().await;
        assert_eq!(lost, 0, "audit records were lost");
        database
    }

    /// The same where records are lost by intention; returns how many.
    pub(crate) async fn finish_with_losses(self) -> (usize, TestDatabase) {
        let app = self.need_not_finish();
        (app.app.finish().await, app.database)
    }

    /// For a server that answers no requests itself, or cannot store its audit records.
    pub(crate) fn need_not_finish(mut self) -> Self {
        self.must_finish.0 = false;
        self
    }

    /// Another server over the same database and Clerk, and somebody who calls it.
    pub(crate) async fn beside(&self, settings: &[(&str, &str)]) -> (App, Sender) {
        let inputs = Inputs {
            environment: environment(&self.clerk, &self.database, settings),
            environment_file: None,
            file: None,
        };
        let config = Config::load(&inputs).unwrap();
        let app = App::build(&config, Arc::new(self.clock.clone())).await.unwrap();
        let sender = Sender {
            router: app.router(),
            ..self.anonymous()
        };
        (app, sender)
    }

    /// Moves the server's time and Clerk's.
    pub(crate) fn advance(&self, span: Duration) {
        self.clock.advance(span);
        self.clerk.advance(span);
    }

    /// Nobody in particular.
    pub(crate) fn anonymous(&self) -> Sender {
        Sender {
            router: self.app.router(),
            headers: Vec::new(),
            address: ([192, 0, 2, 7], 40_000).into(),
        }
    }

    /// A person with a good template token.
    pub(crate) fn person(&self, person: Person) -> Sender {
        self.anonymous().with_token(&self.token(person))
    }

    /// The service user, as Aither calls.
    pub(crate) fn service(&self) -> Sender {
        self.person(Person::Service)
    }

    pub(crate) fn admin(&self) -> Sender {
        self.person(Person::Admin)
    }

    /// Aither with the service key.
    pub(crate) fn service_key(&self) -> Sender {
        self.anonymous().with("x-api-key", Self::SERVICE_KEY)
    }

    /// A good template token of a person.
    pub(crate) fn token(&self, person: Person) -> String {
        self.clerk
            .forge(&Forgery::template(person.email(), "hemera-api"))
            .unwrap()
    }

    /// A good session token of a person.
    pub(crate) fn session_token(&self, person: Person) -> String {
        self.clerk.forge(&Forgery::session(person.email())).unwrap()
    }
}
