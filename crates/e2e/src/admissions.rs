//! When requests were admitted by a rate limit, and how many of them fell into one of its windows.

use std::time::Duration;

/// The requests of one caller that were admitted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Admissions(Vec<Admission>);

/// A request that was admitted at some moment between these two of the monotonic clock.
#[derive(Clone, Copy, Debug)]
struct Admission {
    sent: Duration,
    answered: Duration,
}

impl Admissions {
    /// Notes one.
    pub(crate) fn note(&mut self, sent: Duration, answered: Duration) {
        self.0.push(Admission { sent, answered });
    }

    /// Adds those of another.
    pub(crate) fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// How many there were.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The most that were surely admitted within one window of this length, wherever it begins.
    pub(crate) fn most_within(&self, window: Duration) -> usize {
        let within = |from: &Admission| {
            let end = from.sent + window;
            let inside = |other: &&Admission| other.sent >= from.sent && other.answered <= end;
            self.0.iter().filter(inside).count()
        };
        self.0.iter().map(within).max().unwrap_or_default()
    }
}
