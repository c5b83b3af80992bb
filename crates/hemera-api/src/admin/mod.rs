//! The operator's side: the service user at Clerk, the database's schema and its roles. No request uses it.

pub(crate) mod clerk;
pub mod database_roles;
pub mod migrate;
pub mod provision;
