//! Stopping, in two stages: first gently, then immediately.

use tokio_util::sync::CancellationToken;

/// Asks a running server to stop. Clones ask the same server.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    gently: CancellationToken,
    immediately: CancellationToken,
}

impl Stop {
    /// A stop that is not asked for yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Listens for SIGTERM and SIGINT: the first asks to stop gently, the second to stop immediately.
    ///
    /// # Errors
    /// Where the process may not listen for signals.
    pub fn start_on_signals() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let stop = Self::new();
        let asked = stop.clone();
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    Some(()) = terminate.recv() => {}
                    Some(()) = interrupt.recv() => {}
                    else => return,
                }
                asked.ask();
            }
        });
        Ok(stop)
    }

    /// Asks for the next stage.
    pub fn ask(&self) {
        if self.gently.is_cancelled() {
            self.immediately.cancel();
        } else {
            self.gently.cancel();
        }
    }

    /// Waits until the server is asked to stop.
    pub(crate) async fn asked(&self) {
        self.gently.cancelled().await;
    }

    /// Waits until the server is asked to stop immediately.
    pub(crate) async fn asked_twice(&self) {
        self.immediately.cancelled().await;
    }
}
