//! `/m2m_tokens`

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod revoke;
pub(crate) mod verify;
