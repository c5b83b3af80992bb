//! What every command works with.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::time::Duration;

use aither_client::freshness::Clock;
use aither_client::{HemeraClient, HemeraClientBuilder};
use serde::Serialize;

use crate::console::Console;
use crate::console::progress::ProgressLine;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::flow_observer::FlowObserver;
use crate::limit::Limit;
use crate::settings::Settings;
use crate::signals::Signals;

/// What every command works with.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) console: Arc<Console>,
    pub(crate) settings: Settings,
    /// The result is for a program.
    pub(crate) is_json: bool,
    /// How long a call may take.
    pub(crate) timeout: Duration,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Context {
    /// A client from the settings.
    pub(crate) fn client(&self) -> Result<HemeraClient, Failure> {
        let builder = HemeraClientBuilder::load_with(|name| self.settings.lookup(name))?;
        builder
            .with_deadline(self.timeout)
            .build()
            .map_err(|error| Failure::new(Exit::Configuration, error.to_string()))
    }

    /// Runs `work` with a client, and afterwards ends what the client has opened at Clerk and does not keep.
    ///
    /// Ctrl-C and SIGTERM end the work at its next wait, and a second one ends the process without waiting for Clerk.
    pub(crate) async fn with_client(
        &self,
        what: &'static str,
        work: impl AsyncFnOnce(&HemeraClient) -> Result<Exit, Failure>,
    ) -> Result<Exit, Failure> {
        let client = self.client()?;
        let mut signals = Signals::listen()?;
        let outcome = self
            .interruptible(&mut signals, what, work(&client))
            .await
            .flatten();
        tokio::select! {
            biased;
            _ = signals.next() => {}
            closed = client.close() => {
                if let Err(error) = closed {
                    self.console.note(format_args!("warning: {error}"));
                }
            }
        }
        outcome
    }

    /// Runs `work` to its end, or to the first signal.
    pub(crate) async fn with_signals<T>(
        &self,
        what: &'static str,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        self.interruptible(&mut Signals::listen()?, what, work).await
    }

    /// The same with signals that are listened to already. A line says what is done if it takes longer than a second.
    async fn interruptible<T>(
        &self,
        signals: &mut Signals,
        what: &'static str,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        let _progress = ProgressLine::start(&self.console, what);
        tokio::select! {
            biased;
            exit = signals.next() => Err(Failure::interrupted(exit)),
            outcome = work => Ok(outcome),
        }
    }

    /// Shows a failure: as a line for people, or as one of JSON for a program.
    pub(crate) fn show(&self, failure: &Failure) {
        failure.show(&self.console, self.is_json);
    }

    /// Shows the progress of a flow in the line of [`with_client`](Self::with_client).
    pub(crate) fn observer(&self, client: &HemeraClient) -> FlowObserver {
        FlowObserver::new(&self.console, client, &self.clock)
    }

    /// Prints the result: as one line of JSON for a program, or as `for_people`.
    pub(crate) fn print(
        &self,
        for_programs: &impl Serialize,
        for_people: impl FnOnce() -> String,
    ) -> io::Result<()> {
        if self.is_json {
            self.console.print_json(for_programs)
        } else {
            self.console.print_text(for_people());
            Ok(())
        }
    }

    /// What is left of Hemera's limit, if it has announced one.
    pub(crate) fn limit(&self, client: &HemeraClient) -> Option<Limit> {
        Some(Limit::of(&client.rate_limit()?, self.clock.now().wall))
    }

    /// Shows a person what is left of Hemera's limit. A program finds it in the result.
    pub(crate) fn note_limit(&self, client: &HemeraClient) {
        if !self.is_json
            && io::stderr().is_terminal()
            && let Some(limit) = self.limit(client)
        {
            self.console.note(limit);
        }
    }
}
