//! Files that a flow keeps, written so that a crash, a full disk or a symbolic link does no harm.
//!
//! Every access goes through the descriptor of an open [`Folder`] and names one entry in it; symbolic links are refused. So
//! nothing in a folder, and nothing that is put there meanwhile, leads out of it. Each change of the disk is a line of the
//! log at level `trace`.

mod error;
mod folder;
mod lock;
mod staged;

pub use error::DiskError;
pub(crate) use folder::Folder;
pub(crate) use lock::{Lock, LockError};
pub(crate) use staged::Staged;

/// The target of the lines about changes of the disk.
pub(crate) const LOG: &str = "aither_flows::disk";
