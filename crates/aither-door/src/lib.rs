#![doc = include_str!("../README.md")]

mod answer;
mod builder;
mod check;
mod connections;
mod door;
mod entrance;
mod error;
mod health;
mod limits;
mod listener;
mod local_key;
mod metrics;
mod place;
mod refusal;
mod relay;
mod report;
mod service;
mod shared;
mod target;

pub use builder::DoorBuilder;
pub use door::{Door, Stopped};
pub use error::{BindError, ServeError};
pub use local_key::{InvalidLocalKey, LocalKey};
pub use refusal::Refusal;
