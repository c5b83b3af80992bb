//! The current status of a client, for operators.

use std::time::Duration;

use crate::circuit::CircuitState;
use crate::rate_limit::RateLimit;

/// The status of a client and all its clones at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientStatus {
    /// The rate limit that Hemera announced with its latest response. `None` before that.
    pub rate_limit: Option<RateLimit>,
    /// For how much longer the pacing gate is closed because Hemera asked to wait.
    pub paused_for: Option<Duration>,
    /// Calls that wait at the pacing gate.
    pub waiting: u32,
    /// Attempts that were sent and have no response yet.
    pub in_flight: u32,
    /// Retries that may be made now. `None` without a retry budget.
    pub retries_left: Option<u32>,
    /// Whether calls are sent.
    pub circuit: CircuitState,
}
