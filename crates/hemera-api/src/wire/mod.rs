//! What handlers are written with: extractors, replies and the one error.

pub mod error;
pub mod extract;
pub mod respond;
