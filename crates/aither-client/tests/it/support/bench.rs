//! A client on a manual clock, with everything that a test may inspect.

use std::pin::Pin;
use std::time::{Duration, SystemTime};

use aither_client::hemera_types::{CourseQuery, CourseSummary};
use aither_client::{Error, HemeraClient, HemeraClientBuilder, Page, Response, TokenSource};
use freshness::{ManualClock, RecordedSleep, Sleep};

use super::{NumberedTokens, Server};

/// A sleep that never ends.
#[derive(Debug)]
pub(crate) struct EndlessSleep;

impl Sleep for EndlessSleep {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}

/// 15 March 2026, noon: the first time of the manual clocks.
pub(crate) fn started_at() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(492_660)
}

/// A builder for a client of `server` with the clock and the sleep of the test.
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

/// Reads the first page of courses: the call that most tests make.
pub(crate) async fn list(client: &HemeraClient) -> Result<Response<Page<CourseSummary>>, Error> {
    client.service_courses(&CourseQuery::default()).await
}

/// A server, a token source and a client between them. The clock moves only by sleeping.
pub(crate) struct Bench {
    pub(crate) server: Server,
    pub(crate) source: NumberedTokens,
    pub(crate) clock: ManualClock,
    pub(crate) sleep: RecordedSleep,
    pub(crate) client: HemeraClient,
}

impl Bench {
    pub(crate) fn new(server: Server) -> Self {
        Self::with(server, NumberedTokens::new(), |builder| builder)
    }

    pub(crate) fn with_source(server: Server, source: NumberedTokens) -> Self {
        Self::with(server, source, |builder| builder)
    }

    /// With changes to the client's configuration.
    pub(crate) fn configured(
        server: Server,
        change: impl FnOnce(HemeraClientBuilder) -> HemeraClientBuilder,
    ) -> Self {
        Self::with(server, NumberedTokens::new(), change)
    }

    /// With a token source and changes to the client's configuration.
    pub(crate) fn with(
        server: Server,
        source: NumberedTokens,
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

    /// Reads the first page of courses through a clone of the client: clones share everything.
    pub(crate) async fn list(&self) -> Result<Response<Page<CourseSummary>>, Error> {
        list(&self.client.clone()).await
    }

    /// The sum of all waits.
    pub(crate) fn slept(&self) -> Duration {
        self.sleep.asked().iter().sum()
    }
}
