//! The crate from outside: real HTTP against a scripted server, real RSA keys, time by hand.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and the line says where"
)]

mod backend;
mod claims;
mod client_session;
mod environment;
mod error_texts;
mod errors;
mod futures;
mod fuzzed;
mod key_set;
mod keys_given;
mod loopback;
mod machine;
mod secrets;
mod service_user;
mod sign_in;
mod support;
mod verify;
