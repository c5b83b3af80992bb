//! `/v1/client`

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod delete_sessions;
pub(crate) mod get;
