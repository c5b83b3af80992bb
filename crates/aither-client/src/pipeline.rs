//! What happens to a call, in this order: one deadline around all of it, and for each attempt the
//! pacing gate, the token, the exchange, its classification, and the decision to try again.

use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock, Held, Sleep, Unavailable};
use hemera_types::RequestId;
use parking_lot::Mutex;
use tracing::{Instrument, debug};

use crate::call::Call;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::rate_limit::RateLimit;
use crate::retry::{self, Attempt, Backoff, Class, Decision, Limits};
use crate::send::{self, Answer, SendError};
use crate::throttle::{Crowded, Throttle};
use crate::token::{Token, TokenCache, TokenError};

/// Everything that the calls of a client share.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) http: reqwest::Client,
    pub(crate) tokens: TokenCache,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sleep: Arc<dyn Sleep>,
    pub(crate) limits: Limits,
    /// For a whole call.
    pub(crate) deadline: Duration,
    /// For one attempt, where the deadline leaves that much.
    pub(crate) attempt_timeout: Duration,
    /// As of the newest answer that told it.
    pub(crate) rate_limit: Mutex<Option<RateLimit>>,
}

impl Pipeline {
    /// Carries a call out. A success is returned unread; everything else is an error.
    pub(crate) async fn run(&self, call: &Call, request_id: &RequestId) -> Result<(Answer, u32), Error> {
        let span = tracing::debug_span!(
            "aither_client.call.run",
            operation = %call.operation,
            request.id = %request_id,
        );
        let mut exchange = Exchange {
            pipeline: self,
            call,
            request_id,
            deadline: Deadline::new(Arc::clone(&self.clock), self.deadline),
            backoff: Backoff::new(),
            attempts: 0,
            refused: None,
        };
        let result = exchange.run().instrument(span).await;
        let attempts = exchange.attempts;
        match result {
            Ok(answer) => Ok((answer, attempts)),
            Err(error) => Err(error.of_call(call.operation, request_id.clone(), attempts)),
        }
    }
}

/// One call under way.
struct Exchange<'a> {
    pipeline: &'a Pipeline,
    call: &'a Call,
    request_id: &'a RequestId,
    deadline: Deadline,
    backoff: Backoff,
    /// Requests sent.
    attempts: u32,
    /// The token that Hemera refused, and how; there is one chance with another.
    refused: Option<(Token, Answer)>,
}

impl Exchange<'_> {
    async fn run(&mut self) -> Result<Answer, Error> {
        loop {
            let held = self.admission().await?;
            let timeout = self.pipeline.attempt_timeout.min(self.deadline.left());
            if timeout.is_zero() {
                return Err(Error::out_of_time());
            }
            self.attempts += 1;
            let outcome = send::send(
                &self.pipeline.http,
                self.call,
                self.request_id,
                &held.value,
                timeout,
            )
            .await;
            self.note(&outcome);
            match (retry::classify(&outcome), outcome) {
                (Class::Accepted, Ok(answer)) => return Ok(answer),
                (Class::Unauthorized, Ok(answer)) => self.refuse(held, answer)?,
                (class, outcome) => self.wait_or_give_up(class, outcome).await?,
            }
        }
    }

    /// A place at the gate and a token to use it with.
    ///
    /// The gate comes first, so that the token is no older than the attempt; but nobody takes a place
    /// while there is no token at all, or all who waited for one would then be sent at once.
    async fn admission(&mut self) -> Result<Held<Token>, Error> {
        let Some(throttle) = &self.pipeline.throttle else {
            return self.token().await;
        };
        if self.pipeline.tokens.peek().is_none() {
            self.token().await?;
        }
        throttle
            .pass(&self.deadline)
            .await
            .map_err(|Crowded { wait }| Error::paced(wait))?;
        self.token().await
    }

    /// A valid token other than the one that was refused; waits while one may still come in time.
    async fn token(&mut self) -> Result<Held<Token>, Error> {
        let mut tries = 0;
        loop {
            let asked = tokio::time::timeout(self.deadline.left(), self.pipeline.tokens.token()).await;
            let Ok(answer) = asked else {
                return Err(self.without_token(Error::out_of_time()));
            };
            tries += 1;
            let unavailable = match answer {
                Ok(held) => return self.other_than_refused(held),
                Err(unavailable) => unavailable,
            };
            let (transient, wait) = (may_pass(&unavailable), unavailable.retry_in());
            let given_up = tries >= self.pipeline.limits.max_attempts || wait >= self.deadline.left();
            if !transient || given_up {
                return Err(self.without_token(Error::no_token(transient, wait, unavailable)));
            }
            debug!(wait_ms = wait.as_millis(), cause = %unavailable, "no token yet; waiting");
            self.pipeline.sleep.sleep(wait).await;
        }
    }

    /// A source that gives the refused token again has nothing better: the refusal stands.
    fn other_than_refused(&self, held: Held<Token>) -> Result<Held<Token>, Error> {
        match &self.refused {
            Some((token, answer)) if token.is_same_credential(&held.value) => Err(Error::answered(answer)),
            _ => Ok(held),
        }
    }

    /// Without another token the refusal is what the caller must know; why there is none is its cause.
    fn without_token(&self, error: Error) -> Error {
        match &self.refused {
            Some((_, answer)) => Error::answered(answer).with_source(error),
            None => error,
        }
    }

    /// After a 401: this generation is not used again, and there is one attempt with a newer one. A
    /// credential without an end, a service key, has no newer one.
    fn refuse(&mut self, held: Held<Token>, answer: Answer) -> Result<(), Error> {
        let renewable = held.value.lifetime().is_some();
        if renewable {
            self.pipeline.tokens.invalidate(held.generation);
        }
        if !renewable || self.refused.is_some() {
            return Err(Error::answered(&answer));
        }
        debug!("the token was refused; trying once more with a new one");
        self.refused = Some((held.value, answer));
        Ok(())
    }

    async fn wait_or_give_up(
        &mut self,
        class: Class,
        outcome: Result<Answer, SendError>,
    ) -> Result<(), Error> {
        let now = self.pipeline.clock.now().wall;
        let retry_after = outcome
            .as_ref()
            .ok()
            .and_then(|answer| retry::retry_after(&answer.headers, now));
        let attempt = Attempt {
            class,
            attempts: self.attempts,
            idempotent: self.call.operation.is_idempotent(),
            retry_after,
            left: self.deadline.left(),
        };
        let decision = retry::decide(self.pipeline.limits, attempt, &mut self.backoff);
        if class == Class::Throttled {
            self.pause_everyone(retry_after, decision);
        }
        match decision {
            Decision::Wait(wait) => {
                debug!(
                    ?class,
                    attempts = self.attempts,
                    wait_ms = wait.as_millis(),
                    "trying again"
                );
                self.pipeline.sleep.sleep(wait).await;
                Ok(())
            }
            Decision::Stop => Err(match outcome {
                Ok(answer) => Error::answered(&answer),
                Err(cause) => Error::not_answered(cause),
            }
            .with_retry_after(retry_after)),
        }
    }

    /// A 429 concerns all callers. What it asks for is capped: nobody can put us to sleep for a day.
    fn pause_everyone(&self, retry_after: Option<Duration>, decision: Decision) {
        let own = match decision {
            Decision::Wait(wait) => wait,
            Decision::Stop => Duration::ZERO,
        };
        let wait = retry_after
            .unwrap_or_default()
            .min(self.pipeline.limits.longest_retry_after)
            .max(own);
        if let Some(throttle) = &self.pipeline.throttle {
            throttle.pause(wait);
        }
    }

    fn note(&self, outcome: &Result<Answer, SendError>) {
        match outcome {
            Ok(answer) => {
                debug!(
                    status = answer.status.as_u16(),
                    attempts = self.attempts,
                    "answered"
                );
                if let Some(told) = RateLimit::parse(&answer.headers) {
                    *self.pipeline.rate_limit.lock() = Some(told);
                }
            }
            Err(cause) => debug!(%cause, attempts = self.attempts, "not answered"),
        }
    }
}

/// Whether a token may come without anybody mending anything.
fn may_pass(unavailable: &Unavailable<TokenError>) -> bool {
    unavailable.failure().is_none_or(|error| error.is_transient())
}
