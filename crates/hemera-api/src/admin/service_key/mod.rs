//! `hemera-api key …`: service keys, which let a caller in when Clerk cannot be used.

pub(crate) mod list;
pub(crate) mod new;
mod query;
