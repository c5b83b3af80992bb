//! The command against a Hemera in memory, or a Clerk that is emulated.

pub(crate) mod academy;
pub(crate) mod clerk;
mod run;

pub(crate) use run::{Aither, ended, signal};
