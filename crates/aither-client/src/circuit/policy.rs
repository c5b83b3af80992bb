//! When the circuit opens, and for how long.

use std::num::NonZeroU32;
use std::time::Duration;

/// How many failures in a row open the circuit, and how long it then stays open.
///
/// A failure is a 5xx, a time-out or a connection that does not come about or breaks. Every other
/// answer, a 4xx too, shows a server that works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitPolicy {
    pub(super) failures: NonZeroU32,
    pub(super) first_pause: Duration,
    pub(super) longest_pause: Duration,
}

impl CircuitPolicy {
    /// Opens after `failures` in a row, for `first_pause`; after each probe that fails for twice as
    /// long as before, but never for longer than `longest_pause` (nor for less than `first_pause`).
    pub fn new(failures: NonZeroU32, first_pause: Duration, longest_pause: Duration) -> Self {
        Self {
            failures,
            first_pause,
            longest_pause: longest_pause.max(first_pause),
        }
    }
}

/// Five failures in a row; one second, then two, four, … up to half a minute.
impl Default for CircuitPolicy {
    fn default() -> Self {
        const FAILURES: NonZeroU32 = NonZeroU32::new(5).unwrap();
        Self::new(FAILURES, Duration::from_secs(1), Duration::from_secs(30))
    }
}
