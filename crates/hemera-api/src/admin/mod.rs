//! The operator's side: the service user at Clerk, the database's schema and its roles, keys and settings. No request
//! uses it.

pub(crate) mod audit;
pub(crate) mod clerk;
mod console;
pub mod database_roles;
pub(crate) mod healthcheck;
pub(crate) mod list_config;
pub mod migrate;
mod own_origin;
pub mod provision;
pub(crate) mod service_key;

pub(crate) use self::console::Console;

/// Why a command stopped: one line for people, or the list of the configuration's faults.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
