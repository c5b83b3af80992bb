//! Standard output and standard error, as all commands write to them.

pub(crate) mod listing;
pub(crate) mod progress;
mod stream;
pub(crate) mod table;
pub(crate) mod text;

use std::fmt::Display;
use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd as _;

use indicatif::ProgressBar;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use parking_lot::Mutex;
use serde::Serialize;
use terminal_size::{Width, terminal_size_of};

use self::stream::Stream;

/// Standard output and standard error.
///
/// Writing never stops a command: what it has begun to change it completes, whether or not its output can be written. A
/// reader that closes the pipe (`| head -1`) has read enough; any other error is kept and returned by
/// [`finish`](Self::finish).
#[derive(Debug)]
pub(crate) struct Console {
    output: Mutex<Stream>,
    notes: Mutex<Stream>,
    /// The bar on standard error, which must not be written into.
    bar: Mutex<Option<ProgressBar>>,
    width: Option<usize>,
}

impl Console {
    /// The streams of this process.
    pub(crate) fn of_process() -> Self {
        Self {
            output: Mutex::new(Stream::new(io::stdout())),
            notes: Mutex::new(Stream::new(io::stderr())),
            bar: Mutex::default(),
            width: terminal_size_of(io::stdout()).map(|(Width(columns), _)| usize::from(columns)),
        }
    }

    /// Writes a line to standard output: the result of the command.
    pub(crate) fn print(&self, line: impl Display) {
        self.print_text(format_args!("{line}\n"));
    }

    /// Writes a text to standard output as it is.
    pub(crate) fn print_text(&self, text: impl Display) {
        self.beside_bar(|| self.output.lock().write(&text.to_string()));
    }

    /// Writes a document in one line to standard output.
    pub(crate) fn print_json(&self, value: &impl Serialize) -> io::Result<()> {
        self.print(serde_json::to_string(value)?);
        Ok(())
    }

    /// Writes a line to standard error: what people should know besides the result.
    pub(crate) fn note(&self, line: impl Display) {
        self.beside_bar(|| self.notes.lock().write(&format!("{line}\n")));
    }

    /// Whether what is written to standard output is still read. Asks the system, too: a command that has nothing to write
    /// would not notice otherwise.
    pub(crate) fn is_read(&self) -> bool {
        let mut output = self.output.lock();
        if output.is_open() && reader_has_gone() {
            output.close();
        }
        output.is_open()
    }

    /// Takes note of how something else has written to standard output.
    pub(crate) fn printed(&self, outcome: io::Result<()>) {
        self.output.lock().take(outcome);
    }

    /// Returns the first error of either stream. A closed pipe is none.
    ///
    /// # Errors
    /// For example [`io::ErrorKind::StorageFull`].
    pub(crate) fn finish(&self) -> io::Result<()> {
        self.output.lock().finish()?;
        self.notes.lock().finish()
    }

    /// The columns of the terminal that standard output is; `None` if it is none, so that nothing is cut for a program.
    pub(crate) const fn width(&self) -> Option<usize> {
        self.width
    }

    /// The bar that lines are written around from now on.
    fn set_bar(&self, bar: Option<ProgressBar>) {
        *self.bar.lock() = bar;
    }

    /// Hides the bar while `write` runs.
    fn beside_bar(&self, write: impl FnOnce()) {
        let bar = self.bar.lock().clone();
        match bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

/// Whether standard output is a pipe or a socket whose other end is closed.
fn reader_has_gone() -> bool {
    let stdout = io::stdout();
    if stdout.is_terminal() {
        return false;
    }
    let mut watched = [PollFd::new(stdout.as_fd(), PollFlags::empty())];
    // Errors and hang-ups are reported without being asked for.
    poll(&mut watched, PollTimeout::ZERO).is_ok_and(|found| found > 0) && watched[0].any() == Some(true)
}
