//! Time as a parameter: what a moment is, and the one implementation that reads the machine's clocks.

use std::{
    fmt,
    sync::{Arc, LazyLock},
    time::{Duration, Instant, SystemTime},
};

/// One reading of both clocks.
///
/// Neither clock alone can bound a life. The wall clock can be set back; the monotonic clock of Linux stops
/// while the machine is suspended. [`Moment::since`] therefore asks both and believes the one that says more
/// time has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The wall clock: what tokens and calendars speak of.
    pub wall: SystemTime,
    /// The monotonic clock, counted from an arbitrary start that is the same for all moments of one [`Clock`].
    pub monotonic: Duration,
}

impl Moment {
    /// How much time has passed since `earlier`: the larger of what the two clocks say, and never negative.
    pub fn since(self, earlier: Self) -> Duration {
        let wall = self.wall.duration_since(earlier.wall).unwrap_or_default();
        wall.max(self.monotonic.saturating_sub(earlier.monotonic))
    }
}

/// Where the time comes from.
///
/// Production passes [`SystemClock`]; tests pass a `ManualClock` (feature `test-util`).
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Reads both clocks now.
    fn now(&self) -> Moment;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Moment {
        (**self).now()
    }
}

/// The clocks of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// Where the monotonic clock of this process counts from.
static START: LazyLock<Instant> = LazyLock::new(|| {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one implementation of `Clock` over the real clocks"
    )]
    Instant::now()
});

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        // Taken before the reading, or the very first reading would precede its own origin.
        let start = *START;
        #[expect(
            clippy::disallowed_methods,
            reason = "the one implementation of `Clock` over the real clocks"
        )]
        let (wall, now) = (SystemTime::now(), Instant::now());
        Moment {
            wall,
            monotonic: now.saturating_duration_since(start),
        }
    }
}
