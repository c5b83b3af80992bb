//! `/v1/machines`

pub(crate) mod add_scope;
pub(crate) mod create;
pub(crate) mod delete;
mod fields;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod remove_scope;
pub(crate) mod rotate_secret_key;
pub(crate) mod secret_key;
pub(crate) mod update;
