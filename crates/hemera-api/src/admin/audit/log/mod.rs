//! The transparency log over the audit records: its keys, its check, its files, and the beginning of an epoch.

mod expected;
mod findings;
pub(super) mod key;
mod query;
mod reader;
pub(super) mod restart;
mod restored;
pub(super) mod tiles;
pub(super) mod verify;
mod walk;

pub(super) use self::key::AuditKeyCommand;
pub(super) use self::restart::Restart;
pub(crate) use self::restart::{NewEpoch, begin_epoch};
pub(crate) use self::restored::{SetBack, check_restored, end_of_log};
pub(super) use self::tiles::WriteTiles;
pub(crate) use self::verify::Known;
pub(super) use self::verify::Verify;
