#![doc = include_str!("../README.md")]
//!
//! # What is where
//!
//! - **Calls**: the methods of [`HemeraClient`] return a [`Response`], with [`CallInfo`] and [`TimeSpent`]; lists a
//!   [`Page`], or all of them as a [`CourseStream`] with its [`ResumePoint`]. A participation is [`Versioned`] with its
//!   [`Version`] ([`InvalidVersion`]). Ids, queries and bodies are in [`hemera_types`].
//! - **Options of one call**: [`CallOptions`] (deadline, retries, request id) and a trace, through handles that
//!   [`HemeraClient::with_options`] and [`HemeraClient::in_trace`] return.
//! - **Requests of other programs**: [`HemeraClient::relay`] sends a [`RelayRequest`] and returns Hemera's response as it is,
//!   a [`Relayed`], of [`HeaderMap`], [`HeaderValue`] and [`Bytes`].
//! - **Checks from outside**: [`HemeraClient::probe`] sends a request without a credential and returns what comes, a
//!   [`Probed`].
//! - **Settings**: [`HemeraClientBuilder`], with [`BaseUrl`] ([`InvalidBaseUrl`]), [`Pace`], [`RetryBudget`],
//!   [`CircuitPolicy`] and [`ResponseCacheLimits`]; proxy and certificates are in [`network`]; faults of environment
//!   variables are a [`SettingsError`] of [`SettingFault`]s. [`SecretString`] holds secrets.
//! - **Errors and state**: [`Error`], [`StatusCode`]; [`ClientStatus`], [`CircuitState`], [`RateLimit`]; [`doctor`] finds
//!   out why nothing works. With the feature `prometheus`, `HemeraClient::register_metrics` and the page `figures`.
//! - **Tests of an application**: with the feature `testing`, the module `testing` has a Hemera in memory.
//! - **Sources of tokens**: [`ClerkServiceUser`], whose session a [`FileSessionStore`] keeps, [`EnrolledSession`] with its [`Enrolment`], [`ClerkMachine`],
//!   [`StaticServiceKey`], which are made of [`clerk`]. The [`guide`] says which to choose.
//! - **Tokens by hand, and a source of your own**: [`TokenSource`] ([`TokenFuture`], [`SignOutFuture`]), [`Token`]
//!   ([`InvalidToken`]), [`TokenError`]; [`TokenCache`] and [`TokenUnavailable`]; clock, sleep and policy are in
//!   [`freshness`].
//! - **Tokens that processes share**: [`SharedTokens`], [`StoreKeys`] of [`StoreKey`]s ([`InvalidStoreKey`]),
//!   [`MemoryTokenStore`]; with the feature `redis`, `RedisTokenStore` (`InvalidRedisUrl`). A store of your own is a
//!   [`TokenStore`] ([`StoreFuture`], [`SealedEntry`], [`StoreError`]).
//!
//! # Pages
//!
//! [`guide`]: which source of tokens to choose, and how to configure it. [`retries`]: which failures cause another attempt, and
//! how long a call waits. [`errors`]: what each error means, and what to do. With their features, `testing`: tests of an
//! application without a server, and `figures`: what the client counts.
//!
//! In the repository of this crate, `docs/api.md` is the contract of Hemera's API, `docs/rate-limits.md` says how often it
//! may be called, and `docs/architecture.md` how to change this crate.

mod auth_method;
mod base_url;
mod builder;
mod call;
mod call_options;
mod circuit;
mod client;
mod client_status;
mod courses;
mod deadline;
mod decode;
pub mod doctor;
mod error;
mod gcra;
mod metrics;
mod page;
mod participations;
mod pipeline;
mod probe;
mod rate_limit;
#[cfg(feature = "prometheus")]
mod readings;
mod relay;
mod response;
mod response_cache;
mod retry;
mod send;
mod settings;
#[cfg(feature = "testing")]
pub mod testing;
mod throttle;
mod time_spent;
mod token;
mod usage;
mod version;

// Pages of the documentation, as modules, because links to files of the repository do not work here. The files in `docs` of
// this crate are links to those of the repository: a package has copies of them.

#[doc = include_str!("../docs/tokens.md")]
pub mod guide {}

#[doc = include_str!("../docs/client-retries.md")]
pub mod retries {}

#[doc = include_str!("../docs/client-errors.md")]
pub mod errors {}

#[cfg(feature = "prometheus")]
#[doc = include_str!("../docs/client-metrics.md")]
pub mod figures {}

pub use base_url::{BaseUrl, InvalidBaseUrl};
pub use builder::HemeraClientBuilder;
pub use call_options::CallOptions;
pub use circuit::{CircuitPolicy, CircuitState};
pub use client::HemeraClient;
pub use client_status::ClientStatus;
pub use courses::{CourseStream, ResumePoint};
pub use error::Error;
pub use page::Page;
pub use probe::Probed;
pub use rate_limit::RateLimit;
pub use relay::{RelayRequest, Relayed};
pub use response::{CallInfo, Response};
pub use response_cache::ResponseCacheLimits;
pub use retry::RetryBudget;
pub use secrecy::SecretString;
pub use settings::{SettingFault, SettingsError};
pub use throttle::Pace;
pub use time_spent::TimeSpent;
pub use token::{
    ClerkMachine, ClerkServiceUser, EnrolledSession, Enrolment, FileSessionStore, InvalidStoreKey,
    InvalidToken, MemoryTokenStore, SealedEntry, SharedTokens, SignOutFuture, StaticServiceKey, StoreError,
    StoreFuture, StoreKey, StoreKeys, Token, TokenCache, TokenError, TokenFuture, TokenSource, TokenStore,
    TokenUnavailable,
};
#[cfg(feature = "redis")]
pub use token::{InvalidRedisUrl, RedisTokenStore};
pub use version::{InvalidVersion, Version, Versioned};

/// The body of a [`RelayRequest`] and of its answer.
pub use bytes::Bytes;
/// Clerk's APIs: what the token sources of a service user, an enrolled session and a machine are made of.
pub use clerk;
/// Clock, sleep and policy that a client and its token cache can be given, and what the cache returns.
pub use freshness;
/// The wire contract: ids, queries and bodies that the calls take and return.
pub use hemera_types;
/// The status of a response, as [`Error::status`] returns it; what a [`RelayRequest`] and its answer consist of.
pub use http::{HeaderMap, HeaderValue, StatusCode};
/// Proxies and certificates: what [`HemeraClientBuilder`] and the builders of [`clerk`] take.
pub use network;
/// The registry that [`HemeraClient::register_metrics`] takes.
#[cfg(feature = "prometheus")]
pub use prometheus_client;
