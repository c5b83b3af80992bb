//! The order of checks of the contract: credential, rate limit, permission, media type, then path, query, body and resource.

use std::time::{SystemTime, UNIX_EPOCH};

use hemera_types::header::{
    RATELIMIT, RATELIMIT_POLICY, X_RATELIMIT_LIMIT, X_RATELIMIT_REMAINING, X_RATELIMIT_RESET,
};
use hemera_types::{ErrorCode, Operation};
use http::{HeaderMap, HeaderValue};

use super::answer::Answer;
use super::charge::Charge;
use super::credentials::{Caller, NotProven};
use super::error_answer::{ErrorAnswer, whole_seconds};
use super::fault::Fault;
use super::limits::{Counted, LimitDecision};
use super::operations::carry_out;
use super::received::Received;
use super::state::HemeraState;

/// How far a request has come.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) caller: Option<Caller>,
    pub(super) decision: Option<LimitDecision>,
}

/// Checks a request of an operation and carries it out, with the fault that it meets.
pub(super) async fn check(
    hemera: &HemeraState,
    operation: Operation,
    received: Received,
    fault: Option<Fault>,
    progress: &mut Progress,
) -> Result<Answer, ErrorAnswer> {
    if let Some(Fault::Unavailable { retry_after }) = fault {
        return Err(ErrorAnswer::wait(ErrorCode::ServiceUnavailable, retry_after));
    }
    let caller = prove(hemera, &received.parts.headers, fault)?;
    let role = caller.role;
    let counted = Counted::Caller(role, caller.subject.clone());
    progress.caller = Some(caller);

    let counted_at = hemera.clock.now().monotonic;
    let mut decision = hemera.limiter.check(&counted, counted_at);
    if let Some(Fault::RateLimited { retry_after }) = fault {
        decision = decision.refused_for(retry_after);
    }
    let decision = progress.decision.insert(decision);
    if let Some(wait) = decision.retry_in {
        return Err(ErrorAnswer::wait(ErrorCode::RateLimited, wait));
    }

    let spec = operation.spec();
    if !spec.admits(role) {
        return Err(ErrorAnswer::new(ErrorCode::Forbidden));
    }
    if spec.has_body() {
        received.check_media_type()?;
    }
    let charge = Charge {
        counted,
        counted_at,
        decision,
    };
    carry_out(hemera, operation, received, charge, fault).await
}

/// The caller. Refused credentials are counted, and over their limit the caller has to wait.
fn prove(hemera: &HemeraState, headers: &HeaderMap, fault: Option<Fault>) -> Result<Caller, ErrorAnswer> {
    let now = hemera.clock.now();
    let proven = if fault == Some(Fault::ExpiredToken) {
        hemera.credentials.expire(headers);
        Err(NotProven::by(headers))
    } else {
        hemera.credentials.prove(headers, now)
    };
    proven.map_err(|NotProven { token_was_sent }| {
        let noted = hemera
            .limiter
            .check(&Counted::FailedAuthentication, now.monotonic);
        match noted.retry_in {
            Some(wait) => ErrorAnswer::wait(ErrorCode::RateLimited, wait),
            None => ErrorAnswer::unauthorized(token_was_sent),
        }
    })
}

/// Puts what the rate limit has decided. Times are rounded up: what is announced is there by then.
pub(super) fn put_limit(decision: &LimitDecision, headers: &mut HeaderMap, now: SystemTime) {
    let reset = (now + decision.full_in).duration_since(UNIX_EPOCH);
    let reset = reset.unwrap_or_default().as_nanos().div_ceil(1_000_000_000);
    let quota = decision.quota;
    let remaining = decision.remaining();
    let policy = format!(
        "\"minute\";q={};w={}, \"burst\";q={};w={}",
        quota.rate,
        whole_seconds(decision.window),
        quota.burst,
        whole_seconds(decision.burst_window()),
    );
    let refused_one = decision.retry_in.filter(|_| remaining == 0);
    let next = refused_one.unwrap_or_else(|| decision.next_in());
    let state = format!("\"burst\";r={remaining};t={}", whole_seconds(next));
    let texts = [
        (X_RATELIMIT_LIMIT, quota.rate.to_string()),
        (X_RATELIMIT_REMAINING, remaining.to_string()),
        (X_RATELIMIT_RESET, reset.to_string()),
        (RATELIMIT_POLICY, policy),
        (RATELIMIT, state),
    ];
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
}
