//! `/v1/users`

mod change;
pub(crate) mod create;
mod filter;
pub(crate) mod metadata;
pub(crate) mod read;
pub(crate) mod remove;
pub(crate) mod suspend;
pub(crate) mod update;
