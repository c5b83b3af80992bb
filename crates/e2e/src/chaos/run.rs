//! One run of scenarios: how large it is, with which programs, and what a person sees meanwhile.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::chaos::site::Tools;

/// How large a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// At the server's default deadlines.
    Full,
    /// All scenarios within two minutes: shorter deadlines, fewer rounds.
    Short,
}

/// What a scenario is given.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) tools: &'a Tools,
    pub(crate) scale: Scale,
    /// Whether the servers are release builds: of others, speed says nothing.
    pub(crate) is_release: bool,
    pub(crate) progress: &'a Progress,
}

impl Run<'_> {
    /// The one for a full run, or the one for a short run.
    pub(crate) fn pick<T>(&self, full: T, short: T) -> T {
        match self.scale {
            Scale::Full => full,
            Scale::Short => short,
        }
    }

    /// Says what is being tried.
    pub(crate) fn step(&self, what: &str) {
        self.progress.step(what);
    }

    /// Says how much of a step is done.
    pub(crate) fn part(&self, done: usize, all: usize) {
        if done.is_multiple_of(10) {
            self.progress.part(done, all);
        }
    }

    /// Lets time pass in which the load goes on.
    pub(crate) async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// A bar over the scenarios on a terminal; plain lines elsewhere. All of it goes to standard error.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    speaks: bool,
}

impl Progress {
    /// For so many scenarios.
    pub(crate) fn start(scenarios: usize) -> Self {
        let is_watched = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        let bar = is_watched.then(|| {
            let bar = ProgressBar::new(scenarios as u64);
            // The template is a literal of ours; indicatif's own is good enough should it ever not parse.
            if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg} {elapsed:.dim}")
            {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { bar, speaks: true }
    }

    /// Shows nothing.
    pub(crate) fn quiet() -> Self {
        Self {
            bar: None,
            speaks: false,
        }
    }

    /// A scenario begins.
    pub(crate) fn scenario(&self, name: &str) {
        self.say(name);
    }

    fn step(&self, what: &str) {
        self.say(&format!("  {what}"));
    }

    fn part(&self, done: usize, all: usize) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("round {done} of {all}"));
        }
    }

    /// A scenario has ended.
    pub(crate) fn ended(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(text.to_owned()),
            None if self.speaks => eprintln!("{text}"),
            None => {}
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
