//! What a person sees of work that takes longer than a second.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::task::JoinHandle;

use super::Console;

/// Work that ends sooner is not announced.
const DELAY: Duration = Duration::from_secs(1);

const TICK: Duration = Duration::from_millis(120);

/// A line on standard error while work is in progress. It appears after a second, on a terminal only, and is gone when this
/// is dropped.
#[derive(Debug)]
pub(crate) struct ProgressLine {
    bar: ProgressBar,
    console: Arc<Console>,
    appearing: JoinHandle<()>,
}

impl ProgressLine {
    /// Announces what is done in two or three words, such as `reading courses`.
    pub(crate) fn start(console: &Arc<Console>, what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
            .with_style(style("{spinner} {msg} · {elapsed}"))
            .with_message(what);
        let shown = bar.clone();
        let appearing = tokio::spawn(async move {
            tokio::time::sleep(DELAY).await;
            if io::stderr().is_terminal() {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(TICK);
            }
        });
        console.set_bar(Some(bar.clone()));
        Self {
            bar,
            console: Arc::clone(console),
            appearing,
        }
    }
}

/// The bar of a console, for what runs below the command that has started the line.
#[derive(Clone, Debug)]
pub(crate) struct ProgressBarHandle(ProgressBar);

impl ProgressBarHandle {
    pub(crate) fn of(console: &Console) -> Option<Self> {
        console.bar.lock().clone().map(Self)
    }

    /// Shows how much of a phase is done, and how long the rest takes.
    pub(crate) fn show(&self, what: &str, done: u64, total: Option<u64>, left: Option<Duration>) {
        match total {
            Some(total) => {
                self.0.set_style(style("{bar:24} {pos}/{len} {msg}"));
                self.0.set_length(total);
            }
            None => self.0.set_style(style("{spinner} {pos} {msg} · {elapsed}")),
        }
        self.0.set_position(done);
        let left = left.map(|left| format!(" · {} left under the limit", humantime::format_duration(left)));
        self.0.set_message(format!("{what}{}", left.unwrap_or_default()));
    }

    /// Shows that nothing is done for a while.
    pub(crate) fn show_wait(&self, wait: Duration) {
        self.0
            .set_message(format!("Hemera asks to wait for {} s", wait.as_secs()));
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.appearing.abort();
        self.console.set_bar(None);
        self.bar.finish_and_clear();
    }
}

/// A fixed template is valid or not once and for all, which the tests show; a wrong one would look plain.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
