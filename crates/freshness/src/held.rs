//! What a caller receives: the value, and enough about it to speak of it later.

use std::{fmt, time::Duration};

/// Which load of a cell brought a value. Later loads have greater generations.
///
/// A caller that finds a value to be bad names its generation to [`Cell::invalidate`](crate::Cell::invalidate),
/// so that a late complaint cannot throw away a newer value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub(crate) u64);

impl Generation {
    /// Before the first load.
    pub(crate) const NONE: Self = Self(0);

    /// The one after this.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A value as it is handed out. It is a copy: what becomes of the cell later does not change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held<V> {
    /// The value itself.
    pub value: V,
    /// Which load brought it.
    pub generation: Generation,
    /// Time since before its load was sent, when it was handed out.
    pub age: Duration,
    /// How long it may be used, counted like `age`; `None` means for ever.
    pub lifetime: Option<Duration>,
    /// Its life is over and it is served within the policy's grace, because no newer one could be had.
    pub stale: bool,
}

impl<V> Held<V> {
    /// What is left of its life as of the hand-out: zero for a stale one, `None` for one that lives for ever.
    pub fn remaining(&self) -> Option<Duration> {
        self.lifetime.map(|lifetime| lifetime.saturating_sub(self.age))
    }
}
