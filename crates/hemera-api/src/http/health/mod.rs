//! Health in two questions: is the process running, and is the server ready?
//!
//! Fixed words without any detail, outside credential, limits and audit: callers learn nothing else.

mod live;
mod ready;

pub(crate) use self::live::live;
pub(crate) use self::ready::ready;

/// The routes that probes ask.
pub(crate) const ROUTES: [&str; 2] = ["/livez", "/readyz"];
