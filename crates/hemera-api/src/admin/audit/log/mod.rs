//! The transparency log over the audit records: its keys, its check, its files, and the beginning of an epoch.

mod expected;
mod findings;
pub(super) mod key;
mod query;
mod reader;
pub(super) mod restart;
pub(super) mod tiles;
pub(super) mod verify;
mod walk;

pub(super) use self::key::AuditKeyCommand;
pub(super) use self::restart::Restart;
pub(super) use self::tiles::WriteTiles;
pub(super) use self::verify::Verify;
