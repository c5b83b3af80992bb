//! One file a command.

pub(crate) mod db;
pub(crate) mod test;
