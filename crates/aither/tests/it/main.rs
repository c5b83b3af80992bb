//! The command, run as a process: what it prints, how it ends, and what it has done then.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod endings;
mod flows;
mod help;
mod importing;
mod pipes;
mod reading;
mod secrets;
mod serving;
mod session;
mod settings;
mod smoking;
mod support;
mod terminal;
mod token;
mod units;
mod writing;
