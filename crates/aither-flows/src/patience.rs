//! Waiting for Hemera for longer than one call may.

use std::time::Duration;

use aither_client::Error;
use freshness::Sleep;

use crate::progress::Progress;

/// The longest wait that a flow accepts.
const LONGEST_WAIT: Duration = Duration::from_mins(2);
/// Waits in a row after which a flow gives up.
const MAX_WAITS: u32 = 3;

/// Waits where Hemera asked for more time than the deadline of one call has: another program uses the same limit, or operators
/// have made it small. Every other failure ends the flow.
#[derive(Clone, Copy)]
pub(crate) struct Patience<'a> {
    sleep: &'a dyn Sleep,
    progress: &'a dyn Progress,
    waits: u32,
}

impl<'a> Patience<'a> {
    pub(crate) const fn new(sleep: &'a dyn Sleep, progress: &'a dyn Progress) -> Self {
        Self {
            sleep,
            progress,
            waits: 0,
        }
    }

    /// Makes a call until it succeeds or waiting does not help.
    pub(crate) async fn call<T, F>(mut self, call: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        loop {
            match call().await {
                Ok(result) => return Ok(result),
                Err(error) => self.wait_after(error).await?,
            }
        }
    }

    /// Waits for as long as the error asks for.
    ///
    /// # Errors
    /// The error itself, if it asks for no wait, or for one too many.
    pub(crate) async fn wait_after(&mut self, error: Error) -> Result<(), Error> {
        let wait = error.retry_after().filter(|wait| *wait <= LONGEST_WAIT);
        let Some(wait) = wait.filter(|_| error.is_throttled() && self.waits < MAX_WAITS) else {
            return Err(error);
        };
        self.waits += 1;
        self.progress.waiting(wait);
        self.sleep.sleep(wait).await;
        Ok(())
    }
}
