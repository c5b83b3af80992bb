//! The routes, one file each.

pub(crate) mod metrics;
pub(crate) mod recordings;
pub(crate) mod slides;
pub(crate) mod sync;
