//! The guarding process: waits for the task to go, then clears up.

use std::io::BufRead;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, getpgrp, getpid};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use super::order::Order;
use crate::stopwatch::{Stopwatch, pause};

/// How long an asked process may take to end by itself: a server drains and writes down what it has to.
const GRACE: Duration = Duration::from_secs(5);
/// How long the kernel may take to remove what was killed.
const AFTER_KILL: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// What a task has started and left behind: processes, folders, and commands that end what a service keeps.
#[derive(Debug, Default)]
struct Children {
    /// In the order in which they were started.
    processes: Vec<(u32, Signal)>,
    folders: Vec<PathBuf>,
    commands: Vec<Vec<String>>,
}

impl Children {
    fn take(&mut self, order: Order) {
        match order {
            Order::End { pid, ask } => self.processes.push((pid, ask)),
            Order::Gone { pid } => self.processes.retain(|(other, _)| *other != pid),
            Order::Remove { folder } => self.folders.push(folder),
            Order::Run { arguments } => self.commands.push(arguments),
        }
    }

    fn clear_up(&self) {
        // The last started first: it may need the others to end well, as a server needs its database.
        for (pid, ask) in self.processes.iter().rev() {
            end(*pid, *ask);
        }
        for command in &self.commands {
            if let [program, arguments @ ..] = command.as_slice() {
                let _ = Command::new(program)
                    .args(arguments)
                    .stdin(Stdio::null())
                    .stderr(Stdio::null())
                    .status();
            }
        }
        for folder in &self.folders {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Asks a process to end, and kills it where it does not.
fn end(pid: u32, ask: Signal) {
    let _ = kill(process(pid), ask);
    if !is_gone_within(pid, GRACE) {
        let _ = kill(process(pid), Signal::SIGKILL);
        is_gone_within(pid, AFTER_KILL);
    }
}

fn is_gone_within(pid: u32, at_most: Duration) -> bool {
    let watch = Stopwatch::start();
    while is_alive(pid) {
        if watch.elapsed() > at_most {
            return false;
        }
        pause(BETWEEN_LOOKS);
    }
    true
}

/// Reads orders until the pipe closes, carries them out, and last kills the process group, itself included: that
/// takes along every process that the task's children started without an order for it.
pub(crate) fn watch(orders: impl BufRead) {
    outlive_signals();
    let mut children = Children::default();
    for line in orders.lines() {
        let Ok(line) = line else { break };
        if let Some(order) = Order::parse(&line) {
            children.take(order);
        }
    }
    children.clear_up();
    // Only where the group is the guard's own; started by hand it would kill its caller's.
    if getpgrp() == getpid() {
        let _ = killpg(getpgrp(), Signal::SIGKILL);
    }
}

/// A signal that is sent to every process of a name, as `killall` does, must not end the one that clears up: it ends
/// when its task does. Where a handler cannot be set, the guard serves without.
fn outlive_signals() {
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        let _ = flag::register(signal, Arc::default());
    }
}

fn process(pid: u32) -> Pid {
    // 0 and negative numbers would name groups, 1 is init; no kernel numbers a process i32::MAX.
    let number = i32::try_from(pid).ok().filter(|number| *number > 1);
    Pid::from_raw(number.unwrap_or(i32::MAX))
}

fn is_alive(pid: u32) -> bool {
    kill(process(pid), None) != Err(Errno::ESRCH) && !is_zombie(pid)
}

/// Whether it has ended and only waits to be noticed. An orphan's new parent may take its time with that, or never do
/// it (the first process of many containers). Known on Linux only; elsewhere the grace runs out.
fn is_zombie(pid: u32) -> bool {
    // `7 (name, which may hold anything) Z …`
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok();
    let state = state
        .as_deref()
        .and_then(|text| text.rsplit_once(") "))
        .map(|(_, rest)| rest.as_bytes());
    state.is_some_and(|rest| rest.first() == Some(&b'Z'))
}
