//! The crate from outside: real HTTP against a scripted server, real RSA keys, time by hand.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and the line says where"
)]

mod service_user;
mod support;
mod verify;
