//! What a drill did and found: steps as they are taken, then the table of promises, and the exit code.

use std::process::ExitCode;
use std::time::Duration;

use freshness::{Clock, SystemClock};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::promise::{Promise, shown};
use super::undo::Left;
use crate::admin::audit::{Align, Grid};
use crate::admin::{Console, Failure};

/// The exit code of a drill that could not be run to its end, or could not give back what it had changed.
pub(crate) const COULD_NOT_RUN: u8 = 3;

/// How a drill ended.
#[derive(Debug)]
pub(crate) enum DrillEnd {
    /// It was run to its end.
    Completed,
    /// It could not be run, or not to its end.
    Failed(Failure),
    /// A signal ended it.
    Interrupted,
}

/// What one drill did and found.
pub(crate) struct DrillReport<'a> {
    console: &'a Console,
    json: bool,
    drill: &'static str,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    about: Value,
    /// Stands in front of what is said and promised from now on.
    part: String,
    steps: Vec<Value>,
    facts: Vec<(String, Value)>,
    promises: Vec<Promise>,
    stays: Vec<String>,
}

impl<'a> DrillReport<'a> {
    pub(crate) fn new(console: &'a Console, json: bool, drill: &'static str) -> Self {
        Self {
            console,
            json,
            drill,
            found: Mutex::default(),
        }
    }

    /// Says what the drill runs against.
    pub(crate) fn begin(&self, what: &str, about: Value) {
        self.found.lock().about = about;
        self.line(&format!("Drill {} at {what}", self.drill));
    }

    /// What is done from now on is done in this part of the drill, which is named with it.
    pub(crate) fn part(&self, name: &str) {
        self.found.lock().part = format!("{name}: ");
    }

    fn of_part(&self, text: &str) -> String {
        format!("{}{text}", self.found.lock().part)
    }

    /// Takes one step, and prints it with the time that it took.
    ///
    /// # Errors
    /// Those of the step.
    pub(crate) async fn step<T>(
        &self,
        title: &str,
        step: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let began = SystemClock.now();
        let outcome = step.await;
        self.took(
            &self.of_part(title),
            SystemClock.now().since(began),
            outcome.is_ok(),
        );
        outcome
    }

    /// Says what is being waited for, and for how long at most, before a step that takes its time.
    pub(crate) fn waits(&self, what: &str, at_most: Duration) {
        self.line(&format!(
            "  … {}: at most {}",
            self.of_part(what),
            humantime::format_duration(whole_seconds(at_most))
        ));
    }

    fn took(&self, title: &str, took: Duration, done: bool) {
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let step = json!({ "step": title, "ms": millis, "done": done });
        self.found.lock().steps.push(step);
        let mark = if done { "✓" } else { "✗" };
        self.line(&format!("  {mark} {title:<74} {:>11}", shown(took)));
    }

    /// Something that the drill found out, for the investigation. It decides nothing.
    pub(crate) fn fact(&self, name: &str, text: &str, value: Value) {
        self.found.lock().facts.push((name.to_owned(), value));
        self.line(&format!("    {text}"));
    }

    /// What the drill cannot give back, because nothing can.
    pub(crate) fn stays(&self, text: impl Into<String>) {
        self.found.lock().stays.push(text.into());
    }

    /// A promise with its bound and what was measured.
    pub(crate) fn promise(&self, promise: Promise) {
        let mut found = self.found.lock();
        let promise = promise.of_part(&found.part);
        found.promises.push(promise);
    }

    /// Whether a promise was missed so far.
    pub(crate) fn has_missed(&self) -> bool {
        let found = self.found.lock();
        found.promises.iter().any(|promise| !promise.is_kept())
    }

    /// An instruction for a person, which is shown in any form of output.
    pub(crate) fn instruct(&self, text: &str) {
        self.console.note(text);
    }

    /// Prints what was found, and what is left as it was not; returns the exit code.
    pub(crate) fn finish(self, ended: &DrillEnd, left: &[Left]) -> ExitCode {
        let found = self.found.into_inner();
        let missed = found.promises.iter().filter(|promise| !promise.is_kept()).count();
        if self.json {
            self.console.print(as_json(self.drill, &found, ended, left));
        } else {
            print(self.console, &found, left);
        }
        let said = match ended {
            DrillEnd::Completed => None,
            DrillEnd::Failed(failure) => Some(failure.to_string()),
            DrillEnd::Interrupted => Some("it was interrupted before its end".to_owned()),
        };
        if let Some(reason) = &said {
            let rest = if left.is_empty() {
                "; nothing is left changed"
            } else {
                ""
            };
            self.console.note(format_args!(
                "error: the drill {} could not be run to its end: {reason}{rest}",
                self.drill
            ));
        }
        if missed > 0 {
            self.console.note(format_args!(
                "{missed} of {} promises were missed",
                found.promises.len()
            ));
            return ExitCode::FAILURE;
        }
        if said.is_some() || !left.is_empty() {
            return ExitCode::from(COULD_NOT_RUN);
        }
        if !self.json {
            self.console.print("every promise was kept");
        }
        ExitCode::SUCCESS
    }

    fn line(&self, text: &str) {
        if !self.json {
            self.console.print(text);
        }
    }
}

fn print(console: &Console, found: &Found, left: &[Left]) {
    if !found.promises.is_empty() {
        let mut grid = Grid::new(&[
            ("promise", Align::Left),
            ("bound", Align::Left),
            ("setting", Align::Left),
            ("measured", Align::Right),
            ("kept", Align::Left),
        ]);
        for promise in &found.promises {
            grid.row(promise.cells());
        }
        console.print("");
        console.print_text(grid);
        console.print("");
    }
    for text in &found.stays {
        console.print(format_args!("stays changed: {text}"));
    }
    for Left { what, remedy } in left {
        console.print(format_args!("NOT GIVEN BACK: {what}"));
        console.print(format_args!("  {remedy}"));
    }
}

fn as_json(drill: &str, found: &Found, ended: &DrillEnd, left: &[Left]) -> Value {
    let failure = match ended {
        DrillEnd::Completed => None,
        DrillEnd::Failed(failure) => Some(failure.to_string()),
        DrillEnd::Interrupted => Some("interrupted".to_owned()),
    };
    let kept = found.promises.iter().all(Promise::is_kept);
    json!({
        "drill": drill,
        "instance": found.about,
        "kept": kept && failure.is_none() && left.is_empty(),
        "failure": failure,
        "promises": found.promises.iter().map(Promise::to_json).collect::<Vec<_>>(),
        "steps": found.steps,
        "found": found.facts.iter().cloned().collect::<serde_json::Map<_, _>>(),
        "staysChanged": found.stays,
        "notGivenBack": left.iter().map(|Left { what, remedy }| json!({ "what": what, "remedy": remedy }))
            .collect::<Vec<_>>(),
    })
}

/// Without the milliseconds, and never less.
fn whole_seconds(span: Duration) -> Duration {
    Duration::from_secs(span.as_secs() + u64::from(span.subsec_nanos() > 0))
}
