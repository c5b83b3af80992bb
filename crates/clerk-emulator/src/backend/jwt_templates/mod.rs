//! `/v1/jwt_templates`

pub(crate) mod create;
pub(crate) mod delete;
mod draft;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod update;
