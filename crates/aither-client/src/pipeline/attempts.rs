//! The attempts of a call: each is sent, its result is reported to all parts concerned, and decides what follows.

use std::time::Duration;

use freshness::Held;
use hemera_types::SpanId;
use http::StatusCode;
use tracing::debug;

use super::admission::{self, Admitted};
use super::state::{AttemptTime, CallState, Pipeline, RefusedToken};
use crate::call_options::Resend;
use crate::circuit::Outcome;
use crate::deadline::Purpose;
use crate::error::Error;
use crate::metrics::Event;
use crate::rate_limit::RateLimit;
use crate::response_cache::{CacheKey, CachedResponse, ResponseCache};
use crate::retry::{self, Class, Decision, FailedAttempt};
use crate::send::{self, Carried, HttpResponse, SendError};
use crate::throttle::Slot;
use crate::token::Token;

/// The response of a call that succeeded.
pub(super) struct Accepted {
    pub(super) response: HttpResponse,
    /// Whether the body is that of the response cache, confirmed by a 304.
    pub(super) is_confirmed: bool,
    /// The key to cache it under, if it may be cached.
    pub(super) key: Option<CacheKey>,
}

/// What follows an attempt.
enum Next {
    Accept(HttpResponse),
    /// The 304 has become this response of the cache.
    AcceptConfirmed(HttpResponse),
    SendAgain,
    End(Error),
}

/// Sends attempts until one is accepted or the call ends.
pub(super) async fn run(pipeline: &Pipeline, call: &mut CallState<'_>) -> Result<Accepted, Error> {
    pipeline.retries.deposit();
    loop {
        let admitted = match admission::admit(pipeline, call).await {
            Ok(admitted) => admitted,
            Err(reason) => return Err(reason.into_error(call)),
        };
        let Some(time) = call.start_attempt(pipeline.attempt_timeout) else {
            return Err(call.out_of_time());
        };
        let key = cache_key(pipeline, call, &admitted.token.value);
        let (response, is_confirmed) = match attempt(pipeline, call, admitted, time, key.as_ref()).await {
            Next::Accept(response) => (response, false),
            Next::AcceptConfirmed(response) => (response, true),
            Next::SendAgain => continue,
            Next::End(error) => return Err(error),
        };
        return Ok(Accepted {
            response,
            is_confirmed,
            key,
        });
    }
}

/// The key for the response to this attempt. A new token may have another subject.
fn cache_key(pipeline: &Pipeline, call: &CallState<'_>, token: &Token) -> Option<CacheKey> {
    pipeline.response_cache.as_ref()?;
    ResponseCache::key(call.call, token)
}

async fn attempt(
    pipeline: &Pipeline,
    call: &mut CallState<'_>,
    admitted: Admitted<'_>,
    time: AttemptTime,
    key: Option<&CacheKey>,
) -> Next {
    let Admitted { permit, slot, token } = admitted;
    let cached = cached_response(pipeline, call, key);
    let trace = call.ids.trace.with_new_span();
    let carried = Carried {
        request_id: &call.ids.request_id,
        trace,
        token: &token.value,
        if_none_match: cached.as_ref().map(CachedResponse::header),
    };
    let operation = call.call.operation;
    let timed = pipeline
        .metrics
        .time(&*pipeline.clock, |result, took| Event::Attempt {
            operation,
            result,
            took,
        });
    let result = send::send(&pipeline.http, call.call, &carried, time.timeout).await;
    call.deadline.account(Purpose::Attempt);
    note(call, trace.span_id(), &slot, &result);
    drop(slot);
    let class = retry::classify(&result);
    timed.end(retry::word(class, &result));
    let retry_after = retry_after(pipeline, &result);
    permit.record(circuit_outcome(class, &result).with_retry_after(retry_after));
    match (class, result) {
        (Class::Accepted, Ok(response)) => {
            if key.is_some() && call.call.if_none_match.is_none() {
                let result = if cached.is_some() { "changed" } else { "miss" };
                pipeline.metrics.note(Event::Lookup { result });
            }
            Next::Accept(response)
        }
        (Class::Unchanged, Ok(response)) if call.call.if_none_match.is_some() => Next::Accept(response),
        (Class::Unchanged, Ok(response)) => confirm(pipeline, call, cached, response),
        (Class::Unauthorized, Ok(response)) => replace_token(pipeline, call, token, response),
        (class, result) => {
            remove_if_gone(pipeline, key, &result);
            let error = error_of(call, result, time).with_retry_after(retry_after);
            retry_or_end(pipeline, call, class, error).await
        }
    }
}

fn cached_response(
    pipeline: &Pipeline,
    call: &CallState<'_>,
    key: Option<&CacheKey>,
) -> Option<CachedResponse> {
    let offers = !call.skip_if_none_match && call.call.if_none_match.is_none();
    let key = key.filter(|_| offers)?;
    pipeline.response_cache.as_ref()?.get(key)
}

/// Logs the result, and passes the rate limit that the response announces to the gate.
fn note(call: &CallState<'_>, span_id: SpanId, slot: &Slot<'_>, result: &Result<HttpResponse, SendError>) {
    let attempts = call.attempts;
    match result {
        Ok(response) => {
            debug!(status = response.status.as_u16(), attempts, %span_id, "answered");
            if let Some(announced) = RateLimit::parse(&response.headers) {
                slot.observe(announced);
            }
        }
        Err(cause) => debug!(%cause, attempts, %span_id, "not answered"),
    }
}

/// How long the server asks to wait, if it responded and said so.
fn retry_after(pipeline: &Pipeline, result: &Result<HttpResponse, SendError>) -> Option<Duration> {
    let response = result.as_ref().ok()?;
    retry::retry_after(&response.headers, pipeline.clock.now().wall)
}

/// What the result of an attempt says about the server.
fn circuit_outcome(class: Class, result: &Result<HttpResponse, SendError>) -> Outcome {
    match (class, result) {
        (Class::TimedOut | Class::NotSent | Class::Broken, _) => Outcome::Failed(None),
        (_, Ok(response)) if response.status.is_server_error() => Outcome::Failed(None),
        // It never left this machine.
        (_, Err(SendError::NotSendable(_))) => Outcome::Unknown,
        _ => Outcome::Answered,
    }
}

/// After a 304: accepts the cached response if it is confirmed. Otherwise the call is sent once more without
/// `If-None-Match`.
fn confirm(
    pipeline: &Pipeline,
    call: &mut CallState<'_>,
    cached: Option<CachedResponse>,
    unchanged: HttpResponse,
) -> Next {
    if let Some(cached) = cached.filter(|cached| cached.is_confirmed_by(&unchanged.headers)) {
        pipeline.metrics.note(Event::Lookup { result: "hit" });
        return Next::AcceptConfirmed(cached.into_response(unchanged.headers));
    }
    if call.skip_if_none_match {
        return Next::End(Error::answered(unchanged));
    }
    debug!("the 304 does not confirm the cached response; sending once more without If-None-Match");
    pipeline.metrics.note(Event::Retry {
        reason: "not_confirmed",
    });
    call.skip_if_none_match = true;
    Next::SendAgain
}

/// After a 401: this generation of the token is not used again, and the call is sent once more with a newer one. A
/// credential that does not expire, a service key, has no newer one.
fn replace_token(
    pipeline: &Pipeline,
    call: &mut CallState<'_>,
    held: Held<Token>,
    response: HttpResponse,
) -> Next {
    let is_renewable = held.value.lifetime().is_some();
    if is_renewable {
        pipeline.tokens.invalidate(held.generation);
    }
    if !is_renewable || call.refused.is_some() {
        return Next::End(Error::answered(response));
    }
    debug!("the token was refused; trying once more with a new one");
    pipeline.metrics.note(Event::Retry {
        reason: "unauthorized",
    });
    call.refused = Some(RefusedToken {
        token: held.value,
        response,
    });
    Next::SendAgain
}

/// Removes a cached response that the caller may no longer see, or whose resource no longer exists.
fn remove_if_gone(pipeline: &Pipeline, key: Option<&CacheKey>, result: &Result<HttpResponse, SendError>) {
    let is_gone = result
        .as_ref()
        .is_ok_and(|response| matches!(response.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND));
    if let (Some(cache), Some(key), true) = (&pipeline.response_cache, key, is_gone) {
        cache.remove(key);
    }
}

fn error_of(call: &CallState<'_>, result: Result<HttpResponse, SendError>, time: AttemptTime) -> Error {
    match result {
        Ok(response) => Error::answered(response),
        Err(cause @ SendError::TimedOut(_)) if time.is_cut_short => call.out_of_time().with_source(cause),
        Err(cause) => Error::not_answered(cause),
    }
}

/// After a failure: waits for the next attempt, or ends the call with `error`.
async fn retry_or_end(pipeline: &Pipeline, call: &mut CallState<'_>, class: Class, error: Error) -> Next {
    let retry_after = error.retry_after();
    let failed = FailedAttempt {
        class,
        attempts: call.attempts,
        resend: match call.resend {
            Resend::AsUsual if !call.call.operation.spec().is_idempotent => Resend::IfUnhandled,
            resend => resend,
        },
        retry_after,
        left: call.deadline.left(),
    };
    let decision = retry::decide(pipeline.limits, failed, &mut call.backoff);
    pause_all_calls(pipeline, class, retry_after, decision);
    let Decision::Wait(wait) = decision else {
        return Next::End(error);
    };
    // A retry after a 429 is paced by the gate and adds no load.
    if class != Class::Throttled && !pipeline.retries.withdraw() {
        pipeline.metrics.note(Event::RetryDenied);
        return Next::End(error.with_retry_budget_used_up());
    }
    debug!(
        ?class,
        attempts = call.attempts,
        wait_ms = wait.as_millis(),
        "trying again"
    );
    let reason = class.word();
    pipeline.metrics.note(Event::Retry { reason });
    call.last_error = Some(error);
    pipeline.sleep.sleep(wait).await;
    call.deadline.account(Purpose::Retry);
    Next::SendAgain
}

/// A 429 concerns all callers, and so does a server that says how long it is unavailable. The pause is limited, so that no
/// response can stop the client for a day.
fn pause_all_calls(pipeline: &Pipeline, class: Class, retry_after: Option<Duration>, decision: Decision) {
    let own_wait = match (class, decision) {
        (Class::Throttled, Decision::Wait(wait)) => wait,
        (Class::Throttled, Decision::Stop) => Duration::ZERO,
        (Class::Unavailable, _) if retry_after.is_some() => Duration::ZERO,
        _ => return,
    };
    let wait = retry_after
        .unwrap_or_default()
        .min(pipeline.limits.longest_retry_after)
        .max(own_wait);
    pipeline.throttle.pause(wait);
}
