//! What a person sees: one line a step, a spinner while it lasts, plain lines without a terminal.
//!
//! All of it goes to standard error; standard output belongs to results (`--json`, a URL, a test's output).

use std::io::{IsTerminal as _, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::stopwatch::Stopwatch;

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mark {
    Good,
    Bad,
    Skipped,
}

impl Mark {
    /// One character, in colour where that is seen.
    pub(crate) fn sign(self) -> &'static str {
        match (self, is_coloured()) {
            (Self::Good, true) => "\u{1b}[32m✓\u{1b}[0m",
            (Self::Good, false) => "✓",
            (Self::Bad, true) => "\u{1b}[31m✗\u{1b}[0m",
            (Self::Bad, false) => "✗",
            (Self::Skipped, true) => "\u{1b}[33m–\u{1b}[0m",
            (Self::Skipped, false) => "–",
        }
    }
}

/// Says something now.
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// Something that takes a while and is being waited for.
#[derive(Debug)]
pub(crate) struct Step {
    title: String,
    spinner: Option<ProgressBar>,
    watch: Stopwatch,
}

impl Step {
    /// Shows that it has begun.
    pub(crate) fn start(title: &str) -> Self {
        let spinner = is_watched().then(|| {
            let bar = ProgressBar::new_spinner();
            // The template is a literal of ours; indicatif's own is good enough should it ever not parse.
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed:.dim}") {
                bar.set_style(style);
            }
            bar.set_message(title.to_owned());
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        if spinner.is_none() {
            say(&format!("… {title}"));
        }
        Self {
            title: title.to_owned(),
            spinner,
            watch: Stopwatch::start(),
        }
    }

    /// Shows how much of it is done, on a terminal.
    pub(crate) fn progress(&self, done: u64, total: u64) {
        let Some(bar) = &self.spinner else { return };
        if bar.length() != Some(total) {
            bar.set_length(total);
            if let Ok(style) =
                ProgressStyle::with_template("{spinner} {msg} {bar:30} {percent} %, {eta} left")
            {
                bar.set_style(style);
            }
        }
        bar.set_position(done);
    }

    /// Does something that writes to the screen itself, with the spinner out of its way.
    pub(crate) fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.spinner {
            Some(spinner) => spinner.suspend(work),
            None => work(),
        }
    }

    /// Replaces the spinner by how it went; an empty note repeats the title alone.
    pub(crate) fn end(self, mark: Mark, note: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
        let colon = if note.is_empty() { "" } else { ": " };
        say(&format!(
            "{} {}{colon}{note} ({})",
            mark.sign(),
            self.title,
            self.watch
        ));
    }
}

/// A heading for output that a child writes by itself, cargo's for instance.
pub(crate) fn heading(text: &str) {
    if is_coloured() {
        say(&format!("\u{1b}[1m{text}\u{1b}[0m"));
    } else {
        say(text);
    }
}

/// Whether standard error is a terminal that a person may watch.
fn is_watched() -> bool {
    stderr().is_terminal() && std::env::var_os("CI").is_none()
}

fn is_coloured() -> bool {
    is_watched() && std::env::var_os("NO_COLOR").is_none()
}
