//! A client on a manual clock, with everything that a test may want to look at.

use std::pin::Pin;
use std::time::{Duration, SystemTime};

use aither_client::{HemeraClient, HemeraClientBuilder, TokenSource};
use freshness::{ManualClock, RecordedSleep, Sleep};

use super::{Numbered, Server};

/// A sleep from which nobody wakes.
#[derive(Debug)]
pub(crate) struct Endless;

impl Sleep for Endless {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}

/// 15 March 2026, noon: what the manual clocks show at first.
pub(crate) fn started_at() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(492_660)
}

/// A builder for a client of `server` on a clock and a sleep of the test's own.
pub(crate) fn client_of(
    server: &Server,
    source: impl TokenSource,
    clock: &ManualClock,
    sleep: &RecordedSleep,
) -> HemeraClientBuilder {
    HemeraClient::builder(server.origin().parse().unwrap(), source)
        .with_clock(clock.clone())
        .with_sleep(sleep.clone())
}

/// A server, a source and a client between them, whose clock moves only by sleeping.
pub(crate) struct Bench {
    pub(crate) server: Server,
    pub(crate) source: Numbered,
    pub(crate) clock: ManualClock,
    pub(crate) sleep: RecordedSleep,
    pub(crate) client: HemeraClient,
}

impl Bench {
    pub(crate) fn new(server: Server) -> Self {
        Self::with(server, Numbered::new(), |builder| builder)
    }

    pub(crate) fn with_source(server: Server, source: Numbered) -> Self {
        Self::with(server, source, |builder| builder)
    }

    pub(crate) fn with(
        server: Server,
        source: Numbered,
        change: impl FnOnce(HemeraClientBuilder) -> HemeraClientBuilder,
    ) -> Self {
        let clock = ManualClock::at(started_at());
        let sleep = RecordedSleep::advancing(clock.clone());
        let client = change(client_of(&server, source.clone(), &clock, &sleep))
            .build()
            .unwrap();
        Self {
            server,
            source,
            clock,
            sleep,
            client,
        }
    }
}
