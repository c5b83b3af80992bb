//! How the service is used, from its audit log.

mod get;
mod query;

pub(crate) use self::get::get;
