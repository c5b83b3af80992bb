#![doc = include_str!("../README.md")]

mod access;
mod aither;
mod app;
mod figures;
mod hemera;
mod key;
mod observe;
mod refusal;
mod routes;
mod serve;
mod settings;
mod sync_job;
mod sync_status;

pub use aither::Aither;
pub use key::{InvalidKey, LocalKey};
pub use serve::serve;
pub use settings::{ScopeName, Settings, UnknownSetting};
