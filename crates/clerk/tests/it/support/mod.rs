//! What the tests stand on.

pub(crate) mod clerk;
pub(crate) mod keys;
pub(crate) mod server;
pub(crate) mod token;
pub(crate) mod verifier;
