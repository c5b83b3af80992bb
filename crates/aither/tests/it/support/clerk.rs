//! A Clerk that is emulated, for what a service user does.

use std::ops::Deref;

use clerk_emulator::{ClerkEmulator, Options};

use super::Aither;

/// The service user of the demo seed.
pub(crate) const SERVICE_USER: &str = "aither-service@hemera-academy.com";

/// A production instance.
pub(crate) struct Clerk(ClerkEmulator);

impl Clerk {
    pub(crate) async fn start() -> Self {
        Self(
            ClerkEmulator::start(Options::production().with_shared_key())
                .await
                .unwrap(),
        )
    }

    /// The command with the secret key of this instance. Its Hemera is not there.
    pub(crate) fn aither(&self) -> Aither {
        Aither::bare()
            .with("HEMERA_API_BASE_URL", "http://127.0.0.1:9")
            .with("CLERK_API_URL", self.0.base_url())
            .with("CLERK_ISSUER", self.0.base_url())
            .with("CLERK_SECRET_KEY", self.0.secret_key())
            .with("CLERK_SERVICE_USER_EMAIL", SERVICE_USER)
    }

    /// Sign-ins, mints and revocations of sessions so far.
    pub(crate) fn requests(&self) -> [usize; 3] {
        [
            "/v1/client/sign_ins",
            "/v1/sessions/*/tokens/hemera-api",
            "/v1/sessions/*/revoke",
        ]
        .map(|path| self.0.journal("POST", path).len())
    }
}

impl Deref for Clerk {
    type Target = ClerkEmulator;

    fn deref(&self) -> &ClerkEmulator {
        &self.0
    }
}
