//! The emulator from outside: over real HTTP, on a real port.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and the line says where"
)]

mod support;

mod authentication;
mod metadata;
mod minting;
mod sessions;
mod sign_in_tokens;
mod users;
