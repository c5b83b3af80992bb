//! What a flow says while it runs.

use std::sync::Arc;
use std::time::Duration;

/// Observes a flow while it runs: for a progress bar, a log or a metric.
///
/// Its methods are called from the task of the flow and from threads that may block, one at a time, and should return
/// quickly. An observer changes nothing about the flow: to cancel one, drop its future.
///
/// ```
/// use aither_flows::{Progress, Step};
///
/// struct Printed;
///
/// impl Progress for Printed {
///     fn step(&self, step: Step) {
///         println!("{}: {}", step.phase, step.done);
///     }
/// }
/// ```
pub trait Progress: Send + Sync + 'static {
    /// Some work has been done.
    fn step(&self, step: Step);

    /// The flow waits for so long before its next request: Hemera asks it to, or could not decide about what it sends again.
    fn waiting(&self, wait: Duration) {
        let _ = wait;
    }
}

/// How far a flow is in one of its phases. The first step of a phase has `done: 0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// What is being done.
    pub phase: Phase,
    /// How much of it has been done. Never less than in the step before of the same phase.
    pub done: u64,
    /// How much there is to do, once that is known.
    pub total: Option<u64>,
}

/// A phase of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The list of courses is read; counted in courses.
    ListCourses,
    /// Courses are read with their participants and materials; counted in courses.
    ReadCourses,
    /// What a deck needs is read; counted in requests.
    ReadDeck,
    /// The course of a recording is looked for; counted in recordings.
    FindCourse,
    /// The rows of an import are checked; counted in rows.
    CheckRows,
    /// Results are written; counted in rows.
    WriteResults,
}

impl Phase {
    /// What is done, in a few words: `reading courses`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ListCourses => "listing courses",
            Self::ReadCourses => "reading courses",
            Self::ReadDeck => "reading the deck",
            Self::FindCourse => "finding the course",
            Self::CheckRows => "checking rows",
            Self::WriteResults => "writing results",
        }
    }

    pub(crate) const fn step(self, done: u64, total: Option<u64>) -> Step {
        Step {
            phase: self,
            done,
            total,
        }
    }
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.label())
    }
}

/// An observer that ignores everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _: Step) {}
}

impl<P: Progress + ?Sized> Progress for Arc<P> {
    fn step(&self, step: Step) {
        P::step(self, step);
    }

    fn waiting(&self, wait: Duration) {
        P::waiting(self, wait);
    }
}
