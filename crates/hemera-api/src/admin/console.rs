//! Standard output and standard error, as all commands write to them.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd as _;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use parking_lot::Mutex;
use textwrap::{Options, WordSeparator, WordSplitter};

/// The columns that wrapped lines have at most.
const WIDTH: usize = 100;

/// Standard output and standard error.
///
/// Writing never stops a command: what it has begun to change it completes, whether or not its output can be written. A
/// reader that closes the pipe (`| head -1`) has read enough; any other error is kept and returned by
/// [`finish`](Self::finish).
pub(crate) struct Console {
    output: Mutex<Stream>,
    notes: Mutex<Stream>,
    is_of_process: bool,
}

struct Stream {
    sink: Box<dyn Write + Send>,
    state: StreamState,
}

enum StreamState {
    Open,
    Closed,
    Failed(io::Error),
}

impl Console {
    /// The streams of this process.
    pub(crate) fn of_process() -> Self {
        Self {
            is_of_process: true,
            ..Self::new(io::stdout(), io::stderr())
        }
    }

    fn new(output: impl Write + Send + 'static, notes: impl Write + Send + 'static) -> Self {
        let stream = |sink: Box<dyn Write + Send>| {
            Mutex::new(Stream {
                sink,
                state: StreamState::Open,
            })
        };
        Self {
            output: stream(Box::new(output)),
            notes: stream(Box::new(notes)),
            is_of_process: false,
        }
    }

    /// Writes a line to standard output: the result of the command.
    pub(crate) fn print(&self, line: impl Display) {
        self.output.lock().write(&format!("{line}\n"));
    }

    /// Writes a text to standard output in lines of at most [`WIDTH`] columns, where its words allow that. `first` begins
    /// the first of them, `indent` the others.
    pub(crate) fn print_wrapped(&self, first: &str, indent: &str, text: &str) {
        let options = Options::new(WIDTH)
            .initial_indent(first)
            .subsequent_indent(indent)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation);
        self.print(textwrap::fill(text, options));
    }

    /// Writes a text to standard output as it is.
    pub(crate) fn print_text(&self, text: impl Display) {
        self.output.lock().write(&text.to_string());
    }

    /// Whether what is written to standard output is still read. Asks the system, too: a command that has nothing to write
    /// would not notice otherwise.
    pub(crate) fn is_read(&self) -> bool {
        let mut output = self.output.lock();
        if matches!(output.state, StreamState::Open) && self.reader_has_gone() {
            output.state = StreamState::Closed;
        }
        matches!(output.state, StreamState::Open)
    }

    /// Whether standard output is a pipe or a socket whose other end is closed.
    fn reader_has_gone(&self) -> bool {
        let stdout = io::stdout();
        let mut watched = [PollFd::new(stdout.as_fd(), PollFlags::empty())];
        // Errors and hang-ups are reported without being asked for.
        self.is_of_process
            && poll(&mut watched, PollTimeout::ZERO).is_ok_and(|found| found > 0)
            && watched[0].any() == Some(true)
    }

    /// Writes a line to standard error: what people should know besides the result.
    pub(crate) fn note(&self, line: impl Display) {
        self.notes.lock().write(&format!("{line}\n"));
    }

    /// Takes note of how something else has written to standard output.
    pub(crate) fn printed(&self, outcome: io::Result<()>) {
        self.output.lock().take(outcome);
    }

    /// Returns the first error of either stream. A closed pipe is none.
    ///
    /// # Errors
    /// For example [`ErrorKind::StorageFull`].
    pub(crate) fn finish(&self) -> io::Result<()> {
        self.output.lock().finish()?;
        self.notes.lock().finish()
    }
}

impl Stream {
    fn write(&mut self, text: &str) {
        if matches!(self.state, StreamState::Open) {
            let outcome = self.sink.write_all(text.as_bytes());
            let outcome = outcome.and_then(|()| self.sink.flush());
            self.take(outcome);
        }
    }

    fn take(&mut self, outcome: io::Result<()>) {
        match outcome {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.state = StreamState::Closed,
            Err(error) => self.state = StreamState::Failed(error),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.state, StreamState::Closed) {
            StreamState::Failed(error) => Err(error),
            state => {
                self.state = state;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A stream that takes one write and then fails.
    #[derive(Clone)]
    struct FailsAfterOne(Arc<Mutex<Vec<String>>>, ErrorKind);

    impl Write for FailsAfterOne {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut written = self.0.lock();
            if !written.is_empty() {
                return Err(self.1.into());
            }
            written.push(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn console_that_fails(kind: ErrorKind) -> (Console, Arc<Mutex<Vec<String>>>) {
        let stream = FailsAfterOne(Arc::default(), kind);
        let written = Arc::clone(&stream.0);
        (Console::new(stream, io::sink()), written)
    }

    #[test]
    fn a_closed_pipe_is_no_error_and_ends_the_output() {
        let (console, written) = console_that_fails(ErrorKind::BrokenPipe);
        for line in 0..5 {
            console.print(line);
        }
        assert_eq!(*written.lock(), ["0\n"]);
        assert!(console.finish().is_ok());
    }

    #[test]
    fn another_error_is_returned_once() {
        let (console, _) = console_that_fails(ErrorKind::StorageFull);
        console.print("one");
        assert!(console.finish().is_ok());
        console.print("two");
        console.print("three");
        assert_eq!(console.finish().unwrap_err().kind(), ErrorKind::StorageFull);
        assert!(console.finish().is_ok());
    }
}
