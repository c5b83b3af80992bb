#![doc = include_str!("../README.md")]

mod auth_method;
mod base_url;
mod builder;
mod call;
mod circuit;
mod client;
mod client_status;
mod courses;
mod deadline;
mod decode;
pub mod doctor;
mod error;
mod gcra;
mod page;
mod participations;
mod pipeline;
mod rate_limit;
mod response;
mod response_cache;
mod retry;
mod send;
mod settings;
mod throttle;
mod time_spent;
mod token;
mod usage;
mod version;

pub use base_url::{BaseUrl, InvalidBaseUrl};
pub use builder::HemeraClientBuilder;
pub use circuit::{CircuitPolicy, CircuitState};
pub use client::HemeraClient;
pub use client_status::ClientStatus;
pub use courses::{CourseStream, ResumePoint};
pub use error::Error;
pub use page::Page;
pub use rate_limit::RateLimit;
pub use response::{CallInfo, Response};
pub use response_cache::ResponseCacheLimits;
pub use retry::RetryBudget;
pub use secrecy::SecretString;
pub use settings::{SettingFault, SettingsError};
pub use throttle::Pace;
pub use time_spent::TimeSpent;
pub use token::{
    ClerkMachine, ClerkServiceUser, EnrolledSession, Enrolment, InvalidStoreKey, InvalidToken,
    MemoryTokenStore, SealedEntry, SharedTokens, StaticServiceKey, StoreError, StoreFuture, StoreKey,
    StoreKeys, Token, TokenCache, TokenError, TokenFuture, TokenSource, TokenStore,
};
#[cfg(feature = "redis")]
pub use token::{InvalidRedisUrl, RedisTokenStore};
pub use version::{InvalidVersion, Version, Versioned};

/// Clerk's APIs: what the token sources of a service user, an enrolled session and a machine are made of.
pub use clerk;
/// Clock, sleep and policy that a client and its token cache can be given, and what the cache returns.
pub use freshness;
/// The wire contract: ids, queries and bodies that the calls take and return.
pub use hemera_types;
/// The status of a response, as [`Error::status`] returns it.
pub use http::StatusCode;
