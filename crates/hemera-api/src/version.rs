//! Which build this is.

/// The version of the crate.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit that a release was built from; `unknown` for other builds.
pub(crate) const COMMIT: &str = env!("HEMERA_COMMIT");

/// Both, as `--version` prints them.
pub(crate) const VERSION_AND_COMMIT: &str =
    concat!(env!("CARGO_PKG_VERSION"), " (commit ", env!("HEMERA_COMMIT"), ")");
