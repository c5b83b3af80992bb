//! The clock and the timer of a client.

use std::sync::Arc;

use freshness::{Clock, Sleep};

/// What tells and passes the time for a client and its token source.
#[derive(Clone, Debug)]
pub(crate) struct Time {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sleep: Arc<dyn Sleep>,
}
