//! The promises of the door, seen from outside: real sockets, and behind it a real client.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod browsers;
mod documents;
mod framing;
mod health;
mod keys;
mod listening;
mod logs;
mod metrics;
mod other_users;
mod own_answers;
mod passed_on;
mod rebinding;
mod slow_callers;
mod stopping;
mod support;
mod with_hemera;
