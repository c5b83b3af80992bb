//! A person at the terminal.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::admin::Failure;

/// Whether there is one to ask.
///
/// # Errors
/// If there is not.
pub(super) fn is_there() -> Result<(), Failure> {
    if io::stdin().is_terminal() {
        return Ok(());
    }
    Err("a step of this drill asks a person, and there is no terminal to ask at: run it at one".into())
}

/// Waits for a line.
///
/// # Errors
/// If there is no terminal, or none has come in time.
pub(super) async fn enter(patience: Duration) -> Result<(), Failure> {
    is_there()?;
    let (entered, enter) = oneshot::channel();
    // A thread of its own: the runtime's would hold up the end of the process.
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = entered.send(io::stdin().read_line(&mut line));
    });
    match timeout(patience, enter).await {
        Ok(Ok(Ok(1..))) => Ok(()),
        Ok(_) => Err("the terminal was closed".into()),
        Err(_) => {
            let patience = humantime::format_duration(patience);
            Err(format!("Enter was not pressed within {patience} (--patience)").into())
        }
    }
}
