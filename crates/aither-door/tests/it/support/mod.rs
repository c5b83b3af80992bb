//! A door under test, what stands in for Hemera behind it, and a caller that writes bytes.

mod caller;
mod hemera;
mod logs;
mod opened;

pub(crate) use self::caller::{Caller, Reply, within_bound};
pub(crate) use self::hemera::{Hemera, Script};
pub(crate) use self::logs::Logs;
pub(crate) use self::opened::{KEY, Opened, SERVICE_KEY, client, private_folder};
