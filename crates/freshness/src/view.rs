//! What every caller can see without the lock: the value, and until when it may be served as it is.

use std::time::Duration;

use crate::{Generation, Held, Moment};

/// A value as its load brought it.
#[derive(Clone, Debug)]
pub(crate) struct Entry<V> {
    /// The value itself.
    pub(crate) value: V,
    /// Which load brought it.
    pub(crate) generation: Generation,
    /// Taken before the load was sent: here its life begins.
    pub(crate) sent: Moment,
    /// How long it may be used.
    pub(crate) lifetime: Option<Duration>,
    /// How long there is no need for another: its lifetime less the jittered lead.
    pub(crate) fresh_for: Duration,
}

impl<V> Entry<V> {
    /// Time since before its load was sent.
    pub(crate) fn age(&self, now: Moment) -> Duration {
        now.since(self.sent)
    }

    /// Fresh or aging at this age: its life is not over.
    pub(crate) fn lives_at(&self, age: Duration) -> bool {
        self.lifetime.is_none_or(|lifetime| age < lifetime)
    }

    /// Its life may be over at this age, but its grace is not.
    pub(crate) fn serves_at(&self, age: Duration, grace: Duration) -> bool {
        self.lifetime
            .is_none_or(|lifetime| age < lifetime.saturating_add(grace))
    }
}

impl<V: Clone> Entry<V> {
    /// A copy for a caller.
    pub(crate) fn held_at(&self, age: Duration) -> Held<V> {
        Held {
            value: self.value.clone(),
            generation: self.generation,
            age,
            lifetime: self.lifetime,
            stale: !self.lives_at(age),
        }
    }
}

/// Why an aging or expired value can be served without asking the machine.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quiet {
    /// It cannot.
    No,
    /// A load is under way already; it serves while it lives.
    InFlight,
    /// No load may be sent yet; it serves through its grace.
    Until {
        /// When the spacing was claimed.
        since: Moment,
        /// How long it is.
        wait: Duration,
    },
}

/// The state of a cell that holds a value, as of the last event. It stays true as time passes, because it says
/// itself when the machine must be asked again.
#[derive(Clone, Debug)]
pub(crate) struct View<V> {
    entry: Entry<V>,
    grace: Duration,
    quiet: Quiet,
}

impl<V: Clone> View<V> {
    /// A view of `entry`.
    pub(crate) fn new(entry: Entry<V>, grace: Duration, quiet: Quiet) -> Self {
        Self { entry, grace, quiet }
    }

    /// The value, where it may be served and no load is due; otherwise the machine must decide.
    pub(crate) fn serve(&self, now: Moment) -> Option<Held<V>> {
        // Computed once: on the way of every demand, reading and comparing clocks is most of the cost.
        let age = self.entry.age(now);
        let serves = age < self.entry.fresh_for
            || match self.quiet {
                Quiet::No => false,
                Quiet::InFlight => self.entry.lives_at(age),
                Quiet::Until { since, wait } => {
                    now.since(since) < wait && self.entry.serves_at(age, self.grace)
                }
            };
        serves.then(|| self.entry.held_at(age))
    }

    /// The value while its life lasts, also where a load is due.
    pub(crate) fn peek(&self, now: Moment) -> Option<Held<V>> {
        let age = self.entry.age(now);
        self.entry.lives_at(age).then(|| self.entry.held_at(age))
    }
}
