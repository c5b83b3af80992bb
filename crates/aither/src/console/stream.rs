//! A stream that may be closed by its reader.

use std::fmt;
use std::io::{self, ErrorKind, Write};

/// A stream of the process, and what became of it.
pub(super) struct Stream {
    sink: Box<dyn Write + Send>,
    state: StreamState,
}

#[derive(Debug)]
enum StreamState {
    Open,
    Closed,
    Failed(io::Error),
}

impl Stream {
    pub(super) fn new(sink: impl Write + Send + 'static) -> Self {
        Self {
            sink: Box::new(sink),
            state: StreamState::Open,
        }
    }

    pub(super) const fn is_open(&self) -> bool {
        matches!(self.state, StreamState::Open)
    }

    pub(super) fn close(&mut self) {
        self.state = StreamState::Closed;
    }

    /// Writes and flushes, unless an earlier write has failed.
    pub(super) fn write(&mut self, text: &str) {
        if self.is_open() {
            let outcome = self.sink.write_all(text.as_bytes());
            let outcome = outcome.and_then(|()| self.sink.flush());
            self.take(outcome);
        }
    }

    /// Takes note of an outcome. A closed pipe is the end of the stream and no error.
    pub(super) fn take(&mut self, outcome: io::Result<()>) {
        match outcome {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.state = StreamState::Closed,
            Err(error) => self.state = StreamState::Failed(error),
        }
    }

    /// Returns the error, once.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.state, StreamState::Closed) {
            StreamState::Failed(error) => Err(error),
            state => {
                self.state = state;
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
