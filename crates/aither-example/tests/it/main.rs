//! The service from outside: real sockets, the client's real code, and a Hemera in memory.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod failures;
mod metrics;
mod process;
mod recordings;
mod slides;
mod support;
mod sync;
mod trace;
