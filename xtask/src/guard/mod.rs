//! Nothing that a task starts outlives it, however the task ends.
//!
//! A task that is killed cannot tidy up after itself, so a second process does it: `xtask __guard`, which reads
//! a pipe that only the task holds open. When the pipe closes (the task returned, panicked, was interrupted or was
//! killed with SIGKILL) the guard asks what is left to stop, kills what did not, and removes the folders.
//!
//! Every child is started in the guard's own process group, so there is no moment at which one exists that the
//! guard would miss. The terminal's Ctrl-C does not reach that group: the task receives it and ends the children in order.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Mutex;

use anyhow::{Context as _, Result};
use nix::sys::signal::Signal;

use self::order::Order;

pub(crate) mod order;
pub(crate) mod watch;

/// The task's end of the pipe, and the only place in which its children are started.
#[derive(Debug)]
pub(crate) struct Guard {
    group: i32,
    pipe: Mutex<Option<ChildStdin>>,
    process: Mutex<Option<Child>>,
}

impl Guard {
    /// Starts the guarding process from this same binary.
    pub(crate) fn start() -> Result<Self> {
        let own = std::env::current_exe().context("the path of xtask itself is not known")?;
        let mut process = Command::new(own)
            .arg("__guard")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .context("the guard process could not be started")?;
        let group = i32::try_from(process.id()).context("the guard's process id is out of range")?;
        Ok(Self {
            group,
            pipe: Mutex::new(process.stdin.take()),
            process: Mutex::new(Some(process)),
        })
    }

    /// Starts a child that the guard will ask to end with the signal `ask`, and kill if it does not.
    ///
    /// The child has no standard input: it stands in the background of the terminal, where reading would stop it.
    pub(crate) fn spawn(&self, command: &mut Command, ask: Signal) -> Result<Child> {
        self.spawn_in_group(command.stdin(Stdio::null()), ask)
    }

    /// Like [`Guard::spawn`], for a child that is fed through a pipe.
    pub(crate) fn spawn_fed(&self, command: &mut Command, ask: Signal) -> Result<Child> {
        self.spawn_in_group(command.stdin(Stdio::piped()), ask)
    }

    /// Starts a child in the guard's process group, and gives the guard its order to end it.
    fn spawn_in_group(&self, command: &mut Command, ask: Signal) -> Result<Child> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .process_group(self.group)
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        self.send(&Order::End { pid: child.id(), ask });
        Ok(child)
    }

    /// Runs a child to its end, with the task's own output streams.
    pub(crate) fn run(&self, command: &mut Command) -> Result<ExitStatus> {
        let mut child = self.spawn(command, Signal::SIGTERM)?;
        self.wait(&mut child)
    }

    /// Waits for a child of [`Guard::spawn`] and forgets it: its process id may soon be another's.
    pub(crate) fn wait(&self, child: &mut Child) -> Result<ExitStatus> {
        let status = child.wait().context("a child could not be waited for")?;
        self.send(&Order::Gone { pid: child.id() });
        Ok(status)
    }

    /// Removes a folder with all its contents once the children are gone.
    pub(crate) fn remove_at_end(&self, folder: &Path) {
        self.send(&Order::Remove {
            folder: folder.to_path_buf(),
        });
    }

    /// Runs a command once the children are gone; for what is kept by a service and not by a process of ours.
    pub(crate) fn run_at_end(&self, arguments: &[String]) {
        self.send(&Order::Run {
            arguments: arguments.to_vec(),
        });
    }

    /// Ends all that was started and returns when it is gone.
    pub(crate) fn finish(&self) {
        drop(held(&self.pipe).take());
        // Held while waiting: a second caller, too, returns only when all is gone.
        let mut process = held(&self.process);
        if let Some(mut process) = process.take() {
            // The guard's last act is to kill its own group, so its status says nothing.
            let _ = process.wait();
        }
    }

    fn send(&self, order: &Order) {
        if let Some(pipe) = held(&self.pipe).as_mut() {
            // A guard that is gone is noticed at the next spawn: its process group no longer exists.
            let _ = writeln!(pipe, "{}", order.line());
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.finish();
    }
}

/// The lock's content also after another thread's panic: at the end everything must still be cleared away.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
