//! The server's clock for governor.

use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;

/// Lets governor use the server's clock, so that tests can move it.
#[derive(Clone, Debug)]
pub(super) struct LimitClock(pub(super) Arc<dyn Clock>);

impl governor::clock::Clock for LimitClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.now().monotonic
    }
}
