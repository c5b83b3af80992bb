//! How a client stands: what operators look at.

use std::time::Duration;

use crate::circuit::CircuitState;
use crate::rate_limit::RateLimit;

/// A look at a client and all its clones, as of now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// How much may still be asked, as Hemera said with its newest answer. `None` before that.
    pub rate_limit: Option<RateLimit>,
    /// For how much longer nobody passes the pacing gate because Hemera asked to wait.
    pub paused_for: Option<Duration>,
    /// Calls at the pacing gate.
    pub waiting: u32,
    /// Attempts sent whose answers have not come.
    pub under_way: u32,
    /// Retries that may be made now. `None` without a budget.
    pub retries_left: Option<u32>,
    /// Whether calls are sent.
    pub circuit: CircuitState,
}
