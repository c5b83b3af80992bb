//! Reads for a while, at the client's pace: for a roll-out, a fail-over, or the first minutes of a release.

use std::time::Duration;

use aither_client::freshness::Clock;
use aither_client::hemera_types::{CourseId, CourseQuery, ParticipationId};
use aither_client::{CallInfo, Error, HemeraClient};
use serde::Serialize;

use super::promise::{Broken, Kept};

/// After a call that failed, so that failures which need no request do not keep a processor busy.
const PAUSE: Duration = Duration::from_millis(500);

/// What became of the reads.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reads {
    calls: u64,
    /// Requests that were sent beyond the first of a call.
    retries: u64,
    failed: u64,
    /// The longest that a call took, in milliseconds.
    longest_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_failure: Option<String>,
}

/// What there is to read.
#[derive(Debug)]
pub(super) struct Readable<'a> {
    pub(super) course: Option<&'a CourseId>,
    pub(super) participation: Option<&'a ParticipationId>,
}

impl Reads {
    /// Reads one after the other for this long. The call that has begun then is ended.
    pub(super) async fn repeat(
        client: &HemeraClient,
        clock: &dyn Clock,
        duration: Duration,
        readable: &Readable<'_>,
    ) -> Self {
        let mut reads = Self::default();
        let began = clock.now();
        while clock.now().since(began) < duration {
            let call_began = clock.now();
            let outcome = readable.read(client, reads.calls).await;
            let took = clock.now().since(call_began).as_millis();
            reads.longest_ms = reads.longest_ms.max(u64::try_from(took).unwrap_or(u64::MAX));
            if reads.note(outcome) {
                tokio::time::sleep(PAUSE).await;
            }
        }
        reads
    }

    /// Whether the call failed.
    fn note(&mut self, outcome: Result<CallInfo, Error>) -> bool {
        self.calls += 1;
        let (attempts, failure) = match outcome {
            Ok(info) => (info.attempts, None),
            Err(error) => (error.attempts(), Some(Broken::from(error).found)),
        };
        self.retries += u64::from(attempts.saturating_sub(1));
        let has_failed = failure.is_some();
        self.failed += u64::from(has_failed);
        self.first_failure = self.first_failure.take().or(failure);
        has_failed
    }

    pub(super) fn verdict(&self) -> Result<Kept, Broken> {
        let Self {
            calls,
            retries,
            failed,
            longest_ms,
            ..
        } = self;
        let found =
            format!("{calls} calls, {retries} retries, {failed} failed; the longest took {longest_ms} ms");
        match &self.first_failure {
            None => Ok(Kept::Yes(found)),
            Some(first) => Err(Broken::new(
                format!("{found}; the first failure: {first}"),
                "look for its request id in Hemera's log; see docs/troubleshooting.md",
            )),
        }
    }
}

impl Readable<'_> {
    /// The read of this number, of all that there is in turn.
    async fn read(&self, client: &HemeraClient, number: u64) -> Result<CallInfo, Error> {
        match (number % 4, self.course, self.participation) {
            (1, Some(id), _) => Ok(client.service_course(id).await?.info().clone()),
            (2, Some(id), _) => Ok(client.service_course_materials(id).await?.info().clone()),
            (3, _, Some(id)) => Ok(client.service_participation(id).await?.info().clone()),
            _ => {
                let query = CourseQuery::default();
                Ok(client.service_courses(&query).await?.info().clone())
            }
        }
    }
}
