//! What handlers are written with: extractors, replies and the one error.

pub(crate) mod error;
pub(crate) mod extract;
pub(crate) mod respond;
