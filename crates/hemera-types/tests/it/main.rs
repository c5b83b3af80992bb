//! The contract from outside: golden files, strict requests, lenient responses, and the tables of the document.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod bodies;
mod conditions;
mod contract;
mod fuzzed;
mod golden;
mod ids;
mod queries;
mod times;
mod trace;
