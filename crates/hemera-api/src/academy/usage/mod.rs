//! How the service is used, from its audit log.

mod get;
mod query;

pub use get::get;
