//! Measured time and short pauses: the two things a task asks of the machine's clock.

use std::fmt;
use std::time::{Duration, Instant};

/// How long something has been going on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "a task reports how long it took on the real clock; nothing here is tested against time"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

impl fmt::Display for Stopwatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed().as_secs_f64();
        if seconds < 60.0 {
            write!(f, "{seconds:.1} s")
        } else {
            let whole = self.elapsed().as_secs();
            write!(f, "{} min {:02} s", whole / 60, whole % 60)
        }
    }
}

/// Waits between two looks at a process that is not our child, and so cannot be waited for.
#[expect(
    clippy::disallowed_methods,
    reason = "a process that is no child of this one can only be polled, and xtask has no runtime to sleep in"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}
