//! The Clerk emulator, and clients that are configured for it by settings.

use std::ffi::OsString;
use std::ops::Deref;
use std::time::Duration;

use aither_client::{HemeraClient, HemeraClientBuilder, SettingsError};
use clerk::{BackendApi, SecretKey};
use clerk_emulator::{ClerkEmulator, Options, SessionStatus};
use freshness::ManualClock;

use super::started_at;

/// The service user of the emulator's demo seed.
pub(crate) const SERVICE_USER: &str = "aither-service@hemera-academy.com";

/// An emulator and the clock of a client, which move together.
pub(crate) struct Clerk {
    emulator: ClerkEmulator,
    pub(crate) clock: ManualClock,
}

impl Clerk {
    /// A production instance with the demo seed.
    pub(crate) async fn start() -> Self {
        Self::start_with(Options::production()).await
    }

    pub(crate) async fn start_with(options: Options) -> Self {
        let emulator = ClerkEmulator::start(options.with_shared_key()).await.unwrap();
        emulator.stand_at(started_at());
        let clock = ManualClock::at(started_at());
        Self { emulator, clock }
    }

    /// Advances both clocks.
    pub(crate) fn advance(&self, span: Duration) {
        self.emulator.advance(span);
        self.clock.advance(span);
    }

    /// A client with tokens by ticket. `more` replaces these settings; an empty value removes one.
    pub(crate) fn client(&self, more: &[(&str, &str)]) -> HemeraClient {
        self.builder(more).unwrap().build().unwrap()
    }

    pub(crate) fn builder(&self, more: &[(&str, &str)]) -> Result<HemeraClientBuilder, SettingsError> {
        let url = self.emulator.base_url();
        let key = self.emulator.secret_key();
        let usual = [
            ("HEMERA_API_BASE_URL", "http://127.0.0.1:9"),
            ("CLERK_API_URL", &url),
            ("CLERK_ISSUER", &url),
            ("CLERK_SECRET_KEY", &key),
            ("CLERK_SERVICE_USER_EMAIL", SERVICE_USER),
        ];
        let lookup = |name: &str| {
            let values = more.iter().chain(&usual);
            let mut found = values.filter(|(known, _)| *known == name);
            found.next().map(|(_, value)| OsString::from(value))
        };
        HemeraClientBuilder::load_with(lookup).map(|builder| builder.with_clock(self.clock.clone()))
    }

    /// The Backend API, as an operator uses it.
    pub(crate) fn backend_api(&self) -> BackendApi {
        let key = SecretKey::parse(self.emulator.secret_key()).unwrap();
        let url = self.emulator.base_url().parse().unwrap();
        BackendApi::builder(key).with_base_url(url).build().unwrap()
    }

    /// How many sessions of this status the service user has.
    pub(crate) async fn sessions_of_service_user(&self, status: SessionStatus) -> usize {
        let api = self.backend_api();
        let user = self.emulator.user_id(SERVICE_USER).unwrap();
        let sessions = api.sessions().list(&user, None).await.unwrap();
        let wanted = format!("{status:?}");
        sessions
            .iter()
            .filter(|session| format!("{:?}", session.status) == wanted)
            .count()
    }

    /// The number of requests to Clerk.
    pub(crate) fn requests(&self) -> usize {
        ["GET", "POST"]
            .iter()
            .map(|method| self.emulator.journal(method, "/**").len())
            .sum()
    }

    pub(crate) fn count(&self, method: &str, path: &str) -> usize {
        self.emulator.journal(method, path).len()
    }
}

impl Deref for Clerk {
    type Target = ClerkEmulator;

    fn deref(&self) -> &ClerkEmulator {
        &self.emulator
    }
}
