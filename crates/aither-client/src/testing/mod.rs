//! A Hemera in memory, for the tests of an application that links this client.
//!
//! [`InMemoryHemera`] listens on a loopback socket of its own, so the client's code runs as it does in production: tokens,
//! pace, retries, entity tags, circuit. It needs no PostgreSQL and no Clerk, and answers like Hemera does: the same
//! operations, order of checks, refusals, versions and rate limits. The same behaviour tests run on it and on the real
//! server.
//!
//! Feature `testing`; for `[dev-dependencies]` alone.

mod answer;
mod builder;
mod charge;
mod compress;
mod credentials;
mod error_answer;
mod fault;
mod framing;
mod hemera;
mod journal;
mod limits;
mod operations;
mod order;
mod received;
mod routes;
mod server;
mod state;
mod tokens;
mod usage_tally;
mod world;

pub use builder::{InMemoryHemeraBuilder, StartError};
pub use fault::{Fault, FaultPlan};
pub use hemera::InMemoryHemera;
pub use journal::RecordedRequest;
pub use limits::RateLimits;
pub use tokens::InMemoryTokens;
pub use world::{BookingSeed, CourseSeed, ParticipationSeed, WorldError};
