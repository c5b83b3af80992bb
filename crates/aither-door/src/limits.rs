//! The bounds of a door.

use std::time::Duration;

/// The bounds of a door.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections at the same time, by each listener.
    pub(crate) connections: usize,
    /// From the beginning of a request's head, or of the wait for one, to its end.
    pub(crate) head_timeout: Duration,
    /// From the end of the head to the end of the body.
    pub(crate) body_timeout: Duration,
    /// How long a caller may take nothing of its response.
    pub(crate) write_timeout: Duration,
    /// How long open requests may take after the door was asked to stop.
    pub(crate) drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 128,
            head_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            // A little more than a call of the client may take by default.
            drain_timeout: Duration::from_secs(35),
        }
    }
}
