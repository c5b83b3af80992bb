//! What all connections share.

use std::sync::Arc;

use freshness::{Clock, Sleep};
use hemera_types::Timestamp;
use parking_lot::Mutex;

use super::credentials::Credentials;
use super::fault::Faults;
use super::journal::Journal;
use super::limits::Limiter;
use super::usage_tally::UsageTally;
use super::world::World;

/// The in-memory Hemera behind its socket.
#[derive(Debug)]
pub(super) struct HemeraState {
    pub(super) world: Mutex<World>,
    pub(super) credentials: Credentials,
    pub(super) limiter: Limiter,
    pub(super) faults: Faults,
    pub(super) journal: Journal,
    pub(super) usage: UsageTally,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) sleep: Arc<dyn Sleep>,
}

impl HemeraState {
    /// The time of an answer or a change.
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from(self.clock.now().wall)
    }
}
