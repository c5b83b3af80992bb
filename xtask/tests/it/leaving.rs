//! Nothing that a task starts outlives it.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::machine::{Machine, Running, is_gone, to_the_end};

/// Ends a task that keeps a server running; its pipe, what came through it later, and how the task ended.
fn end_with(signal: Signal) -> (Machine, String, std::process::ExitStatus) {
    let machine = Machine::new();
    let mut command = machine.xtask(&["db", "url"]);
    let task = std::thread::spawn(move || Running::start(&mut command));
    let alive = machine.alive();
    let mut task = task.join().unwrap();
    assert!(
        machine.cluster().is_dir(),
        "the server's folder is there while it runs"
    );

    kill(task.pid(), signal).unwrap();
    let status = task.child.wait().unwrap();
    let last_words = to_the_end(alive);
    (machine, last_words, status)
}

#[test]
fn a_killed_task_leaves_no_process_and_no_folder() {
    let (machine, last_words, status) = end_with(Signal::SIGKILL);
    assert_eq!(status.signal(), Some(9));
    assert_eq!(last_words, "");
    assert!(
        is_gone(&machine.cluster()),
        "{} is still there",
        machine.cluster().display()
    );
}

/// The process that guards this task. A bare Linux has no `pgrep`, and macOS has no `/proc`.
fn guard_of(task: Pid) -> Pid {
    let is_guard = |folder: &Path| {
        let read = |file| std::fs::read_to_string(folder.join(file)).unwrap_or_default();
        read("status").contains(&format!("PPid:\t{task}\n")) && read("cmdline").contains("__guard")
    };
    let id = if let Ok(processes) = std::fs::read_dir("/proc") {
        let mut folders = processes.map(|process| process.unwrap().path());
        let folder = folders.find(|folder| is_guard(folder)).unwrap();
        folder.file_name().unwrap().to_string_lossy().into_owned()
    } else {
        let mut search = Command::new("pgrep");
        search.args(["-f", "-P", &task.to_string(), "xtask __guard"]);
        String::from_utf8(search.output().unwrap().stdout).unwrap()
    };
    Pid::from_raw(id.trim().parse().unwrap())
}

#[test]
fn guard_survives_a_signal_to_every_process_of_its_name() {
    let machine = Machine::new();
    let mut command = machine.xtask(&["db", "url"]);
    let task = std::thread::spawn(move || Running::start(&mut command));
    let alive = machine.alive();
    let mut task = task.join().unwrap();
    let guard = guard_of(task.pid());

    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        kill(guard, signal).unwrap();
    }
    kill(task.pid(), Signal::SIGTERM).unwrap();
    assert_eq!(task.child.wait().unwrap().code(), Some(143));
    assert_eq!(to_the_end(alive), "");
    assert!(is_gone(&machine.cluster()));
}

#[test]
fn an_interrupted_task_ends_its_children_first_and_says_so_in_its_exit_code() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let (machine, last_words, status) = end_with(signal);
        assert_eq!(status.code(), Some(code));
        assert_eq!(last_words, "");
        assert!(
            is_gone(&machine.cluster()),
            "{} is still there",
            machine.cluster().display()
        );
    }
}

#[test]
fn task_that_returns_leaves_nothing() {
    let machine = Machine::new();
    // With this cargo nothing can be built: the task fails after the server has started.
    let mut command = machine.xtask(&["db", "reset", "--database", "hemera_dev"]);
    command.env("CARGO", "/bin/false");
    let task = std::thread::spawn(move || command.output().unwrap());
    let last_words = to_the_end(machine.alive());
    let output = task.join().unwrap();
    assert_eq!(
        output.status.code(),
        Some(3),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(last_words, "");
    assert!(is_gone(&machine.cluster()));
}
