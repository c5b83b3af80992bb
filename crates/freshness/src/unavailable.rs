//! Why there is no value to hand out.

use std::{error::Error, fmt, sync::Arc, time::Duration};

/// There is no usable value, and none could be had just now.
///
/// It is an answer of the moment, never a state: the first demand after `retry_in` tries again.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unavailable<E> {
    /// The last load failed.
    Failed {
        /// What the load said; all who waited for it share it.
        source: Arc<E>,
        /// Time until another load may be sent.
        retry_in: Duration,
    },
    /// The last load did not end within the flight deadline.
    TimedOut {
        /// Time until another load may be sent.
        retry_in: Duration,
    },
    /// The last load panicked.
    Panicked {
        /// Time until another load may be sent.
        retry_in: Duration,
    },
    /// The last load could not run to its end: its Tokio runtime was shut down, or there was none.
    Interrupted {
        /// Time until another load may be sent.
        retry_in: Duration,
    },
    /// The last load succeeded, but what it brought was already past its lifetime.
    Outdated {
        /// Time until another load may be sent.
        retry_in: Duration,
    },
    /// The last value is gone (invalidated, or expired sooner than the cool-down) and it is too early to ask
    /// for another.
    CoolingDown {
        /// Time until another load may be sent.
        retry_in: Duration,
    },
}

impl<E> Unavailable<E> {
    /// Time until another load may be sent: a fitting `Retry-After`.
    pub fn retry_in(&self) -> Duration {
        match self {
            Self::Failed { retry_in, .. }
            | Self::TimedOut { retry_in }
            | Self::Panicked { retry_in }
            | Self::Interrupted { retry_in }
            | Self::Outdated { retry_in }
            | Self::CoolingDown { retry_in } => *retry_in,
        }
    }

    /// What the load said, where it was the load that failed.
    pub fn failure(&self) -> Option<&Arc<E>> {
        match self {
            Self::Failed { source, .. } => Some(source),
            _ => None,
        }
    }
}

// By hand, because a derive would ask for `E: Clone`.
impl<E> Clone for Unavailable<E> {
    fn clone(&self) -> Self {
        match self {
            Self::Failed { source, retry_in } => Self::Failed {
                source: Arc::clone(source),
                retry_in: *retry_in,
            },
            Self::TimedOut { retry_in } => Self::TimedOut { retry_in: *retry_in },
            Self::Panicked { retry_in } => Self::Panicked { retry_in: *retry_in },
            Self::Interrupted { retry_in } => Self::Interrupted { retry_in: *retry_in },
            Self::Outdated { retry_in } => Self::Outdated { retry_in: *retry_in },
            Self::CoolingDown { retry_in } => Self::CoolingDown { retry_in: *retry_in },
        }
    }
}

impl<E> fmt::Display for Unavailable<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Failed { .. } => "the value could not be loaded",
            Self::TimedOut { .. } => "the load did not end within its deadline",
            Self::Panicked { .. } => "the load panicked",
            Self::Interrupted { .. } => "the load was interrupted by the end of its runtime",
            Self::Outdated { .. } => "the load brought a value that had already expired",
            Self::CoolingDown { .. } => "the last value is gone and the cool-down is not over",
        };
        write!(f, "{what}; try again in {:.1} s", self.retry_in().as_secs_f64())
    }
}

// By hand rather than derived, so that `source()` is the `E` itself and can be downcast to it.
impl<E: Error + 'static> Error for Unavailable<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed { source, .. } => Some(source.as_ref()),
            _ => None,
        }
    }
}
