//! One file a command.

pub(crate) mod book;
pub(crate) mod chaos;
pub(crate) mod check;
pub(crate) mod clerk;
pub(crate) mod conformance;
pub(crate) mod db;
pub(crate) mod dev;
pub(crate) mod dist;
pub(crate) mod drill;
pub(crate) mod e2e;
pub(crate) mod failover;
pub(crate) mod fuzz;
pub(crate) mod image;
pub(crate) mod monitoring;
pub(crate) mod picture;
pub(crate) mod poolers;
pub(crate) mod postgres_versions;
pub(crate) mod restore;
pub(crate) mod scale;
pub(crate) mod smoke;
pub(crate) mod test;
pub(crate) mod upgrade;
