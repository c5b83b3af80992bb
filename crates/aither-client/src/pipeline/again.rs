//! After an attempt that failed: another, or the end of the call.

use std::time::Duration;

use tracing::debug;

use super::exchange::Exchange;
use crate::deadline::Purpose;
use crate::error::Error;
use crate::retry::{self, Class, Decision, FailedAttempt};
use crate::send::{HttpResponse, SendError};

impl Exchange<'_> {
    /// How long the server wants us to wait, if it answered and said so.
    pub(super) fn retry_after(&self, outcome: &Result<HttpResponse, SendError>) -> Option<Duration> {
        let answer = outcome.as_ref().ok()?;
        retry::retry_after(&answer.headers, self.pipeline.clock.now().wall)
    }

    pub(super) async fn wait_or_give_up(
        &mut self,
        class: Class,
        wish: Option<Duration>,
        outcome: Result<HttpResponse, SendError>,
    ) -> Result<(), Error> {
        let attempt = FailedAttempt {
            class,
            attempts: self.attempts,
            idempotent: self.call.operation.is_idempotent(),
            retry_after: wish,
            left: self.deadline.left(),
        };
        let decision = retry::decide(self.pipeline.limits, attempt, &mut self.backoff);
        self.pause_everyone(class, wish, decision);
        let error = self.failure(outcome).with_retry_after(wish);
        let Decision::Wait(wait) = decision else {
            return Err(error);
        };
        // Who is asked to come again later, and paced when it does, is no burden.
        if class != Class::Throttled && !self.pipeline.retries.withdraw() {
            return Err(error.with_retry_budget_used_up());
        }
        debug!(
            ?class,
            attempts = self.attempts,
            wait_ms = wait.as_millis(),
            "trying again"
        );
        self.failed = Some(error);
        self.pipeline.sleep.sleep(wait).await;
        self.deadline.account(Purpose::Retry);
        Ok(())
    }

    fn failure(&self, outcome: Result<HttpResponse, SendError>) -> Error {
        match outcome {
            Ok(answer) => Error::answered(&answer),
            Err(cause @ SendError::TimedOut(_)) if self.is_cut_short => self.out_of_time().with_source(cause),
            Err(cause) => Error::not_answered(cause),
        }
    }

    /// A 429 concerns all callers, and so does a server that says for how long it cannot answer. What
    /// it asks for is capped: nobody can put us to sleep for a day.
    fn pause_everyone(&self, class: Class, wish: Option<Duration>, decision: Decision) {
        let own = match (class, decision) {
            (Class::Throttled, Decision::Wait(wait)) => wait,
            (Class::Throttled, Decision::Stop) => Duration::ZERO,
            (Class::Unavailable, _) if wish.is_some() => Duration::ZERO,
            _ => return,
        };
        let wait = wish
            .unwrap_or_default()
            .min(self.pipeline.limits.longest_retry_after)
            .max(own);
        self.pipeline.throttle.pause(wait);
    }
}
