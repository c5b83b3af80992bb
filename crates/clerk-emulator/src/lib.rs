#![doc = include_str!("../README.md")]

mod app;
mod backend;
mod clock;
mod control;
mod emulator;
mod fault;
mod field;
mod forge;
mod frontend;
mod id;
mod journal;
mod key;
mod key_ring;
mod options;
mod pattern;
mod publishable_key;
mod rate;
mod recorder;
mod refusal;
mod seed;
mod server;
mod shape;
mod shortcode;
mod token;
mod wire;
mod world;

pub use emulator::{ClerkEmulator, ControlError, StartError};
pub use fault::{Effect, Fault};
pub use forge::{Base, Damage, Forgery, SignWith};
pub use journal::Entry;
pub use key::KeyError;
pub use options::Options;
pub use seed::{Seed, SeedError, SeedMachine, SeedTemplate, SeedUser};
pub use world::identification::{IdentifierKind, NewIdentifier};
pub use world::session::SessionStatus;
pub use world::settings::{Environment, Plan, ScopeClaim, Settings};
