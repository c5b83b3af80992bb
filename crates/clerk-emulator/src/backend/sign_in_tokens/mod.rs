//! `/v1/sign_in_tokens`

pub(crate) mod create;
pub(crate) mod revoke;
