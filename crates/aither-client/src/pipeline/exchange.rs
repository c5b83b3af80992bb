//! One call under way: attempt after attempt until one is accepted or none is worth it.

use std::sync::Arc;

use freshness::Held;
use hemera_types::RequestId;
use tracing::debug;

use super::Pipeline;
use super::admission::Admission;
use super::recall::CacheLookup;
use crate::call::Call;
use crate::circuit::Outcome;
use crate::deadline::{Deadline, Purpose};
use crate::error::Error;
use crate::rate_limit::RateLimit;
use crate::response_cache::{CacheKey, CachedResponse};
use crate::retry::{self, Backoff, Class};
use crate::send::{self, HttpResponse, SendError};
use crate::throttle::Slot;
use crate::token::Token;

/// One call under way.
pub(super) struct Exchange<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) call: &'a Call,
    pub(super) request_id: &'a RequestId,
    pub(super) deadline: Deadline,
    pub(super) backoff: Backoff,
    /// Requests sent.
    pub(super) attempts: u32,
    /// The token that Hemera refused, and how; there is one chance with another.
    pub(super) refused: Option<(Token, HttpResponse)>,
    /// What the last attempt met, where it is worth another.
    pub(super) failed: Option<Error>,
    /// The deadline left the last attempt less than an attempt's time.
    pub(super) is_cut_short: bool,
    /// Send without `If-None-Match` (the cached copy was not confirmed).
    pub(super) skip_if_none_match: bool,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(pipeline: &'a Pipeline, call: &'a Call, request_id: &'a RequestId) -> Self {
        Self {
            pipeline,
            call,
            request_id,
            deadline: Deadline::new(Arc::clone(&pipeline.clock), pipeline.deadline),
            backoff: Backoff::new(),
            attempts: 0,
            refused: None,
            failed: None,
            is_cut_short: false,
            skip_if_none_match: false,
        }
    }

    pub(super) async fn run(&mut self) -> Result<(HttpResponse, Option<CacheKey>), Error> {
        self.pipeline.retries.deposit();
        loop {
            let Admission { slot, permit, token } = self.admission().await?;
            let CacheLookup { key, cached } = self.look_up(&token.value);
            let result = self.attempt(&token.value, cached.as_ref()).await?;
            self.note(&slot, &result);
            drop(slot);
            let class = retry::classify(&result);
            let retry_after = self.retry_after(&result);
            permit.record(circuit_outcome(class, &result).with_retry_after(retry_after));
            match (class, result) {
                (Class::Accepted, Ok(answer)) => return Ok((answer, key)),
                (Class::Unchanged, Ok(answer)) => {
                    if let Some(whole) = self.confirm(cached, &answer)? {
                        return Ok((whole, key));
                    }
                }
                (Class::Unauthorized, Ok(answer)) => self.refuse(token, answer)?,
                (class, result) => {
                    self.remove_if_gone(key.as_ref(), &result);
                    self.wait_or_give_up(class, retry_after, result).await?;
                }
            }
        }
    }

    async fn attempt(
        &mut self,
        token: &Token,
        cached: Option<&CachedResponse>,
    ) -> Result<Result<HttpResponse, SendError>, Error> {
        let left = self.deadline.left();
        if left.is_zero() {
            return Err(self.out_of_time());
        }
        self.is_cut_short = left < self.pipeline.attempt_timeout;
        let timeout = self.pipeline.attempt_timeout.min(left);
        self.attempts += 1;
        let outcome = send::send(
            &self.pipeline.http,
            self.call,
            self.request_id,
            token,
            cached.map(CachedResponse::header),
            timeout,
        )
        .await;
        self.deadline.account(Purpose::Attempt);
        Ok(outcome)
    }

    pub(super) fn out_of_time(&self) -> Error {
        Error::out_of_time(self.deadline.budget())
    }

    fn note(&self, slot: &Slot<'_>, outcome: &Result<HttpResponse, SendError>) {
        match outcome {
            Ok(answer) => {
                debug!(
                    status = answer.status.as_u16(),
                    attempts = self.attempts,
                    "answered"
                );
                if let Some(announced) = RateLimit::parse(&answer.headers) {
                    slot.observe(announced);
                }
            }
            Err(cause) => debug!(%cause, attempts = self.attempts, "not answered"),
        }
    }

    /// After a 401: this generation is not used again, and there is one attempt with a newer one. A
    /// credential without an end, a service key, has no newer one.
    fn refuse(&mut self, held: Held<Token>, answer: HttpResponse) -> Result<(), Error> {
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
}

/// What the result of an attempt says about the server.
fn circuit_outcome(class: Class, result: &Result<HttpResponse, SendError>) -> Outcome {
    match (class, result) {
        (Class::TimedOut | Class::NotSent | Class::Broken, _) => Outcome::Failed(None),
        (_, Ok(answer)) if answer.status.is_server_error() => Outcome::Failed(None),
        // It never left this machine.
        (_, Err(SendError::NotSendable(_))) => Outcome::Unknown,
        _ => Outcome::Answered,
    }
}
