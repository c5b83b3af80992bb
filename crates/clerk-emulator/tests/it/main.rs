//! The emulator from outside: over real HTTP, on a real port.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and the line says where"
)]

mod support;

mod authentication;
mod bans;
mod binary;
mod clock;
mod faults;
mod forging;
mod frontend_browser;
mod frontend_native;
mod identifiers;
mod journal;
mod jwt_templates;
mod keep_alive;
mod keys;
mod m2m_tokens;
mod machines;
mod metadata;
mod minting;
mod plans;
mod rate_limits;
mod recording;
mod secret_keys;
mod seeds;
mod sessions;
mod shapes;
mod sign_in_tokens;
mod users;
