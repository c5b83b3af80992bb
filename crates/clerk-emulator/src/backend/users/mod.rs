//! `/v1/users`

pub(crate) mod ban;
pub(crate) mod ban_many;
mod change;
pub(crate) mod count;
pub(crate) mod create;
pub(crate) mod delete;
mod filter;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod lock;
pub(crate) mod merge_metadata;
mod metadata;
pub(crate) mod remove_password;
pub(crate) mod replace_metadata;
pub(crate) mod unban;
pub(crate) mod unban_many;
pub(crate) mod unlock;
pub(crate) mod update;
