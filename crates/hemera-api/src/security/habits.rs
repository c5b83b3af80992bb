//! What callers do over time: how many ids they look for in vain, and how many participations they read.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;

/// In which ids that are not there are counted.
const MISSING_SPAN: Duration = Duration::from_mins(10);
/// In which participations are counted.
const READ_SPAN: Duration = Duration::from_hours(24);
/// How many callers are kept. Only proven callers of the service API are, so there are few.
const MOST_CALLERS: usize = 10_000;

/// How many different ids of a kind are normal in a span of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// That are not there, in ten minutes.
    pub(super) missing: usize,
    /// Of participations that were read, in a day.
    pub(super) read: usize,
}

/// What is known of all callers, in bounded memory.
#[derive(Debug)]
pub(super) struct Habits {
    bounds: Bounds,
    hasher: RandomState,
    callers: Mutex<HashMap<Arc<str>, Habit>>,
}

#[derive(Debug, Default)]
struct Habit {
    missing: Seen,
    read: Seen,
}

/// Different ids in the current span of time. No more are kept than the bound.
#[derive(Debug, Default)]
struct Seen {
    span: u64,
    ids: HashSet<u64>,
}

/// What a request adds to its caller's habits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habitual {
    /// An id that is not there.
    Missing,
    /// A participation.
    Read,
}

/// How a caller stands to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Within,
    /// It has just reached it.
    Reached,
    /// It reached it earlier in this span.
    Beyond,
}

impl Habits {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            hasher: RandomState::new(),
            callers: Mutex::default(),
        }
    }

    /// Notes an id of this kind for a caller.
    pub(super) fn note(&self, subject: &Arc<str>, kind: Habitual, id: &str, now: SystemTime) -> Standing {
        let id = self.hasher.hash_one(id);
        let bound = self.bound(kind);
        let mut callers = self.callers.lock();
        if callers.len() >= MOST_CALLERS && !callers.contains_key(subject) {
            callers.retain(|_, habit| habit.read.span == span(READ_SPAN, now));
            if callers.len() >= MOST_CALLERS {
                return Standing::Within;
            }
        }
        let seen = callers.entry(Arc::clone(subject)).or_default().of(kind);
        seen.enter(span(length(kind), now));
        if seen.ids.len() >= bound {
            return Standing::Beyond;
        }
        seen.ids.insert(id);
        if seen.ids.len() >= bound {
            Standing::Reached
        } else {
            Standing::Within
        }
    }

    /// Whether a caller has reached the bound in the current span of time.
    pub(super) fn is_beyond(&self, subject: &str, kind: Habitual, now: SystemTime) -> bool {
        let mut callers = self.callers.lock();
        let Some(habit) = callers.get_mut(subject) else {
            return false;
        };
        let seen = habit.of(kind);
        seen.span == span(length(kind), now) && seen.ids.len() >= self.bound(kind)
    }

    fn bound(&self, kind: Habitual) -> usize {
        match kind {
            Habitual::Missing => self.bounds.missing,
            Habitual::Read => self.bounds.read,
        }
    }
}

impl Habit {
    fn of(&mut self, kind: Habitual) -> &mut Seen {
        match kind {
            Habitual::Missing => &mut self.missing,
            Habitual::Read => &mut self.read,
        }
    }
}

impl Seen {
    fn enter(&mut self, span: u64) {
        if self.span != span {
            *self = Self {
                span,
                ids: HashSet::new(),
            };
        }
    }
}

fn length(kind: Habitual) -> Duration {
    match kind {
        Habitual::Missing => MISSING_SPAN,
        Habitual::Read => READ_SPAN,
    }
}

/// The number of the span that a time is in. They begin at full hours, and days in UTC.
fn span(length: Duration, now: SystemTime) -> u64 {
    now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / length.as_secs()
}
