//! A scripted Clerk, keys, tokens and a verifier for the tests.

pub(crate) mod clerk;
pub(crate) mod keys;
pub(crate) mod server;
pub(crate) mod token;
pub(crate) mod verifier;
