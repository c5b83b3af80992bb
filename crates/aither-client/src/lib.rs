#![doc = include_str!("../README.md")]

mod base_url;
mod builder;
mod call;
mod client;
mod courses;
mod deadline;
mod decode;
pub mod doctor;
mod error;
mod page;
mod participations;
mod pipeline;
mod rate_limit;
mod retry;
mod send;
mod settings;
mod throttle;
mod token;
mod usage;

pub use base_url::{BaseUrl, InvalidBaseUrl};
pub use builder::HemeraClientBuilder;
pub use client::HemeraClient;
pub use error::Error;
pub use page::Page;
pub use rate_limit::RateLimit;
pub use secrecy::SecretString;
pub use settings::{SettingFault, SettingsError};
pub use throttle::Pace;
pub use token::{
    ClerkMachine, ClerkServiceUser, EnrolledSession, Enrolment, InvalidToken, StaticServiceKey, Token,
    TokenCache, TokenError, TokenFuture, TokenSource,
};

/// The wire contract: ids, queries and bodies that the calls take and return.
pub use hemera_types;
