//! `/v1/sessions`

pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod mint;
pub(crate) mod mint_from_template;
pub(crate) mod revoke;
