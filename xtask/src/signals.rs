//! Ctrl-C and its like end a task in order: children first, then the task, with the exit code that shells expect.

use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context as _, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::guard::Guard;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Listens from now on. The first signal ends the children and then the task; a second one ends the task immediately,
/// and the guard process clears up behind it.
pub(crate) fn listen(guard: &Arc<Guard>) -> Result<()> {
    let mut signals =
        Signals::new([SIGINT, SIGTERM, SIGHUP]).context("the handlers of signals cannot be installed")?;
    let guard = Arc::clone(guard);
    thread::spawn(move || {
        for signal in signals.forever() {
            if INTERRUPTED.swap(true, Ordering::SeqCst) {
                exit(128 + signal);
            }
            eprintln!("\nstopping what was started …");
            let guard = Arc::clone(&guard);
            thread::spawn(move || {
                guard.finish();
                exit(128 + signal);
            });
        }
    });
    Ok(())
}

/// Never returns if a signal has arrived: the listening thread exits when the children are gone, and their failures
/// are then a result of the signal.
pub(crate) fn park_if_interrupted() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        thread::park();
    }
}
