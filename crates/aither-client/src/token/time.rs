//! The clock and the timer of a client.

use std::sync::Arc;

use freshness::{Clock, Sleep};

/// The clock and the timer that a client and its token source use.
#[derive(Clone, Debug)]
pub(crate) struct Time {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sleep: Arc<dyn Sleep>,
}
