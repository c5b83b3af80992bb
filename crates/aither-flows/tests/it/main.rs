//! The promises of the flows, against a Hemera in memory on a real socket. The clock is set by the tests: nothing waits.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod killed;
mod readme;
mod recordings;
mod results;
mod slides;
mod support;
mod sync;
