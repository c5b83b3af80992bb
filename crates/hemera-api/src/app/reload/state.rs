//! When a secret is read again, and what follows from what was read. No I/O.

use std::time::Duration;

use freshness::Moment;

/// A look comes so much earlier than the interval says that what it finds counts within the interval: a change is looked
/// at twice.
const LEAD: Duration = Duration::from_millis(500);

/// The pause before the second attempt to use a new value, where the first met something that may pass.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// What the files hold, or what is wrong with them.
pub(super) type Reading<V> = Result<V, String>;

/// What a watcher knows of its secret.
#[derive(Debug)]
pub(super) struct SecretState<V> {
    pub(super) in_use: V,
    /// What the files held when something last followed from it.
    known: Reading<V>,
    /// What the last look found, where that is new.
    changing: Option<Reading<V>>,
    looked_at: Option<Moment>,
    attempt: Option<Attempt>,
    /// Whether the content of the files is not in use, and then whether the reason may pass.
    refused: Option<bool>,
}

/// The next attempt to use a value that could not be tried.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    failed_at: Moment,
    pause: Duration,
}

/// What follows from a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextStep {
    /// Nothing: it is known, or it may be half written.
    Nothing,
    /// It is to be used, and was not tried before.
    UseNew,
    /// It is to be tried again.
    UseAgain,
}

impl<V: Clone + PartialEq> SecretState<V> {
    /// The files hold what is in use: they were read a moment ago.
    pub(super) fn new(in_use: V) -> Self {
        Self {
            known: Ok(in_use.clone()),
            in_use,
            changing: None,
            looked_at: None,
            attempt: None,
            refused: None,
        }
    }

    /// Whether the files are to be looked at.
    pub(super) fn is_due(&self, now: Moment, interval: Duration) -> bool {
        let is_late = |looked_at| now.since(looked_at) >= interval.saturating_sub(LEAD);
        self.changing.is_some() || self.attempt_is_due(now) || self.looked_at.is_none_or(is_late)
    }

    fn attempt_is_due(&self, now: Moment) -> bool {
        self.attempt
            .is_some_and(|attempt| now.since(attempt.failed_at) >= attempt.pause)
    }

    /// What follows from what a look has found at `now`. A person who asked for it has finished writing.
    pub(super) fn found(&mut self, reading: &Reading<V>, now: Moment, is_asked: bool) -> NextStep {
        self.looked_at = Some(now);
        let is_new = *reading != self.known;
        let is_whole = is_asked || self.changing.as_ref() == Some(reading);
        self.changing = None;
        if is_new && !is_whole {
            self.changing = Some(reading.clone());
            return NextStep::Nothing;
        }
        self.known.clone_from(reading);
        if is_new {
            self.attempt = None;
        }
        match (is_new || is_asked, self.attempt_is_due(now)) {
            (true, _) => NextStep::UseNew,
            (false, true) => NextStep::UseAgain,
            (false, false) => NextStep::Nothing,
        }
    }

    /// The value is in use.
    pub(super) fn used(&mut self, value: &V) {
        self.in_use = value.clone();
        self.attempt = None;
        self.refused = None;
    }

    /// Whether the content of the files was refused, and nothing has changed since.
    pub(super) fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// The content of the files is not used. Returns whether the reason is of another kind than before: texts differ from
    /// one attempt to the next, by a trace id of Clerk's for example.
    pub(super) fn refused(&mut self, passes: bool, now: Moment) -> bool {
        let pause = self
            .attempt
            .map_or(FIRST_PAUSE, |attempt| (attempt.pause * 2).min(LONGEST_PAUSE));
        self.attempt = passes.then_some(Attempt {
            failed_at: now,
            pause,
        });
        self.refused.replace(passes) != Some(passes)
    }
}
