//! Services that run side by side: each line with the service's name in front, and a report of the first that ends.

use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use nix::sys::signal::Signal;

use crate::guard::Guard;
use crate::process::each_line;
use crate::screen::say;

/// All that have been started.
#[derive(Debug)]
pub(crate) struct Services {
    report: Sender<Ended>,
    ends: Receiver<Ended>,
}

/// A service is gone, which none should be.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) name: String,
    pub(super) how: ExitStatus,
}

impl Services {
    pub(super) fn new() -> Self {
        let (report, ends) = channel();
        Self { report, ends }
    }

    /// Starts one; what it writes is shown line by line. SIGTERM ends it in order.
    pub(super) fn start(&mut self, guard: &Guard, name: &str, command: &mut Command) -> Result<()> {
        let mut child = guard.spawn(
            command.stdout(Stdio::piped()).stderr(Stdio::piped()),
            Signal::SIGTERM,
        )?;
        let readers = [
            child.stdout.take().map(|stream| each_line(stream, show_as(name))),
            child.stderr.take().map(|stream| each_line(stream, show_as(name))),
        ];
        let name = name.to_owned();
        let report = self.report.clone();
        thread::spawn(move || {
            let how = child.wait();
            // Its last lines first.
            for reader in readers.into_iter().flatten() {
                let _ = reader.join();
            }
            if let Ok(how) = how {
                // There is no receiver when the task is ending.
                let _ = report.send(Ended { name, how });
            }
        });
        Ok(())
    }

    /// The first end, if there has been one.
    pub(super) fn ended(&self) -> Option<Ended> {
        self.ends.try_recv().ok()
    }

    /// Waits for the first end.
    pub(super) fn wait(&self, at_most: Duration) -> Result<Ended, RecvTimeoutError> {
        self.ends.recv_timeout(at_most)
    }
}

fn show_as(name: &str) -> impl FnMut(String) + Send + 'static {
    let prefix = format!("{name:<6} │ ");
    move |line| say(&format!("{prefix}{line}"))
}
