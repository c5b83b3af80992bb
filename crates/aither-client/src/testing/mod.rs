#![doc = include_str!("../../docs/client-testing.md")]

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
