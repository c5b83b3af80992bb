//! Callers of an emulator, and what they get.

mod answer;
mod caller;
mod jwt;

pub(crate) use answer::Answer;
pub(crate) use caller::Caller;
pub(crate) use jwt::Jwt;

use clerk_emulator::{ClerkEmulator, Options};

/// The service user of the demo seed.
pub(crate) const SERVICE_USER: &str = "aither-service@hemera-academy.com";

/// A development instance with the demo seed.
pub(crate) async fn development() -> (ClerkEmulator, Caller) {
    start(Options::new()).await
}

/// A production instance with the demo seed.
pub(crate) async fn production() -> (ClerkEmulator, Caller) {
    start(Options::production()).await
}

/// An instance as asked for, and a caller with its secret key.
pub(crate) async fn start(options: Options) -> (ClerkEmulator, Caller) {
    let emulator = ClerkEmulator::start(options.with_shared_key()).await.unwrap();
    let caller = Caller::new(&emulator.base_url()).with_key(&emulator.secret_key());
    (emulator, caller)
}

/// The id of the service user.
pub(crate) fn service_user(emulator: &ClerkEmulator) -> String {
    emulator.user_id(SERVICE_USER).unwrap()
}
