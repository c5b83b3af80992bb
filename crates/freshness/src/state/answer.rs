//! What the machine decides, and what it learns of a flight's end.

use std::{sync::Arc, time::Duration};

use crate::{Held, Unavailable};

/// What a caller gets.
#[derive(Debug)]
pub(crate) enum Answer<V, E> {
    /// Here it is.
    Serve(Held<V>),
    /// Wait until the flight under way has landed, then settle.
    Wait,
    /// There is none.
    Refuse(Unavailable<E>),
}

/// What follows from an event.
#[derive(Debug)]
pub(crate) struct Step<V, E> {
    /// What the caller gets.
    pub(crate) answer: Answer<V, E>,
    /// A flight must be launched now. Its claim is made: a caller that gets `true` must launch.
    pub(crate) launch: bool,
}

impl<V, E> Step<V, E> {
    /// An answer that asks for no flight.
    pub(super) fn only(answer: Answer<V, E>) -> Self {
        Self {
            answer,
            launch: false,
        }
    }
}

/// How a flight failed.
#[derive(Debug)]
pub(crate) enum Failure<E> {
    /// The load said so.
    Failed {
        /// What it said.
        source: Arc<E>,
        /// How long it asked to be left alone.
        asked: Option<Duration>,
    },
    /// It did not end in time.
    TimedOut,
    /// It panicked.
    Panicked,
    /// Its task was dropped.
    Interrupted,
    /// It brought a value that was no longer alive.
    Outdated,
}

impl<E> Failure<E> {
    /// How long the other side asked to be left alone.
    pub(super) fn asked(&self) -> Option<Duration> {
        match self {
            Self::Failed { asked, .. } => *asked,
            _ => None,
        }
    }

    /// The same, as callers get it.
    pub(super) fn refusal(&self, retry_in: Duration) -> Unavailable<E> {
        match self {
            Self::Failed { source, .. } => Unavailable::Failed {
                source: Arc::clone(source),
                retry_in,
            },
            Self::TimedOut => Unavailable::TimedOut { retry_in },
            Self::Panicked => Unavailable::Panicked { retry_in },
            Self::Interrupted => Unavailable::Interrupted { retry_in },
            Self::Outdated => Unavailable::Outdated { retry_in },
        }
    }
}

/// How a flight ended, for the log.
#[derive(Debug)]
pub(crate) struct Landing<E> {
    /// Why it failed, if it did.
    pub(crate) failed: Option<Unavailable<E>>,
    /// A caller waited for it and will learn how it ended.
    pub(crate) awaited: bool,
}
