//! Health in two questions: does the process live, and can it serve?
//!
//! Static words without any detail, outside credential, limits and audit: whoever may ask learns nothing else.

mod live;
mod ready;

pub(crate) use self::live::live;
pub(crate) use self::ready::ready;

/// The routes that probes ask.
pub(crate) const ROUTES: [&str; 2] = ["/livez", "/readyz"];
