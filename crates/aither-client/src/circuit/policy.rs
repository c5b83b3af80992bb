//! When the circuit opens, and for how long.

use std::num::NonZeroU32;
use std::time::Duration;

/// How many failures in a row open the circuit, and how long it then stays open.
///
/// A failure is a 5xx, a time-out, or a connection that cannot be made or breaks. Every other response, including a 4xx,
/// shows that the server works. Failures of attempts that were in flight together count as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitPolicy {
    pub(super) failures: NonZeroU32,
    pub(super) first_pause: Duration,
    pub(super) longest_pause: Duration,
    pub(super) longest_wait: Duration,
}

/// How long a new call waits for the probe, unless the policy says otherwise.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

impl CircuitPolicy {
    /// Opens after `failures` in a row, for `first_pause`. After each failed probe the pause is twice as long as before,
    /// but never longer than `longest_pause` (or `first_pause`, if that is longer). New calls wait up to two seconds for a
    /// probe.
    pub fn new(failures: NonZeroU32, first_pause: Duration, longest_pause: Duration) -> Self {
        Self {
            failures,
            first_pause,
            longest_pause: longest_pause.max(first_pause),
            longest_wait: LONGEST_WAIT,
        }
    }

    /// Lets a new call wait up to `longest_wait` in total for the next probe and its outcome, and never past its deadline.
    /// Zero: new calls end immediately while the circuit is open.
    #[must_use]
    pub const fn with_longest_wait(mut self, longest_wait: Duration) -> Self {
        self.longest_wait = longest_wait;
        self
    }
}

/// Five failures in a row; one second, then two, four, … up to 30 seconds. New calls wait up to two seconds.
impl Default for CircuitPolicy {
    fn default() -> Self {
        const FAILURES: NonZeroU32 = NonZeroU32::new(5).unwrap();
        Self::new(FAILURES, Duration::from_secs(1), Duration::from_secs(30))
    }
}
