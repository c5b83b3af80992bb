//! What an attempt needs before it is sent: a permit of the circuit, a slot at the pacing gate, and a token.

use freshness::Held;
use tracing::debug;

use super::state::{CallState, Pipeline};
use crate::circuit::{PermitGuard, Refusal};
use crate::deadline::Purpose;
use crate::error::Error;
use crate::throttle::{NoSlot, Slot};
use crate::token::{Token, TokenUnavailable};

/// An attempt that may be sent. Kept until the attempt has ended.
pub(super) struct Admitted<'a> {
    pub(super) permit: PermitGuard<'a>,
    pub(super) slot: Slot<'a>,
    pub(super) token: Held<Token>,
}

/// Why an attempt is not sent.
pub(super) enum NotAdmitted {
    /// The circuit is open, and the call cannot wait until it closes.
    CircuitOpen(Refusal),
    /// The pacing gate has no slot before the deadline.
    NoSlot(NoSlot),
    /// The source gave no token, and asking again does not help or comes too late.
    NoToken(TokenUnavailable),
    /// The deadline passed before the source gave a token.
    NoTokenInTime,
    /// The source gave the refused token again; with the error for Hemera's refusal.
    SameTokenAgain(Error),
}

/// Waits for permit, slot and token. A circuit that opens meanwhile ends the wait at the gate.
pub(super) async fn admit<'a>(
    pipeline: &'a Pipeline,
    call: &mut CallState<'_>,
) -> Result<Admitted<'a>, NotAdmitted> {
    loop {
        wait_for_circuit(pipeline, call).await?;
        let admitted = tokio::select! {
            biased;
            _ = pipeline.circuit.until_refusing() => None,
            admitted = slot_and_token(pipeline, call) => Some(admitted?),
        };
        call.deadline.account(Purpose::Pacing);
        let Some((slot, token)) = admitted else {
            continue;
        };
        if let Ok(permit) = pipeline.circuit.acquire() {
            return Ok(Admitted { permit, slot, token });
        }
    }
}

/// Waits while the circuit is open, for the outcome of the probe or to make it.
///
/// A call that has been sent before waits until its deadline, because it would have waited before its retry anyway. A new
/// call waits for the circuit's longest wait at most, and not at all if the next probe is later than that.
async fn wait_for_circuit(pipeline: &Pipeline, call: &mut CallState<'_>) -> Result<(), NotAdmitted> {
    let circuit = &pipeline.circuit;
    while let Some(refusal) = circuit.refusal() {
        let left = call.deadline.left();
        let is_new = call.attempts == 0;
        let patience = if is_new {
            left.min(call.circuit_wait_left)
        } else {
            left
        };
        let is_too_long = refusal.wait > patience || refusal.wait >= left;
        if patience.is_zero() || (is_too_long && !(refusal.is_probing && is_new)) {
            return Err(NotAdmitted::CircuitOpen(refusal));
        }
        let began = pipeline.clock.now().monotonic;
        if refusal.is_probing {
            tokio::select! {
                biased;
                () = circuit.until_probed() => {}
                () = pipeline.sleep.sleep(patience) => return Err(NotAdmitted::CircuitOpen(refusal)),
            }
        } else {
            pipeline.sleep.sleep(refusal.wait).await;
        }
        let waited = pipeline.clock.now().monotonic.saturating_sub(began);
        call.circuit_wait_left = call.circuit_wait_left.saturating_sub(waited);
        call.deadline.account(Purpose::Retry);
    }
    Ok(())
}

/// A slot at the gate and a token to use it with.
///
/// The slot comes first, so that the token is no older than the attempt. But no caller takes a slot while there is no
/// token at all: otherwise all callers that waited for the token would then be sent together.
async fn slot_and_token<'a>(
    pipeline: &'a Pipeline,
    call: &mut CallState<'_>,
) -> Result<(Slot<'a>, Held<Token>), NotAdmitted> {
    if pipeline.tokens.peek().is_none() {
        valid_token(pipeline, call).await?;
    }
    let passed = pipeline.throttle.pass(call.call.weight, &call.deadline).await;
    call.deadline.account(Purpose::Pacing);
    let slot = passed.map_err(NotAdmitted::NoSlot)?;
    let token = valid_token(pipeline, call).await?;
    Ok((slot, token))
}

/// A valid token other than the refused one. Waits while one may still arrive before the deadline.
async fn valid_token(pipeline: &Pipeline, call: &mut CallState<'_>) -> Result<Held<Token>, NotAdmitted> {
    let mut tries = 0;
    loop {
        let requested = tokio::time::timeout(call.deadline.left(), pipeline.tokens.token()).await;
        call.deadline.account(Purpose::Token);
        let Ok(result) = requested else {
            return Err(NotAdmitted::NoTokenInTime);
        };
        tries += 1;
        let unavailable = match result {
            Ok(held) => return other_than_refused(call, held),
            Err(unavailable) => unavailable,
        };
        let wait = unavailable.retry_in();
        let is_last = tries >= pipeline.limits.max_attempts || wait >= call.deadline.left();
        if !unavailable.is_transient() || is_last {
            return Err(NotAdmitted::NoToken(unavailable));
        }
        debug!(wait_ms = wait.as_millis(), cause = %unavailable, "no token yet; waiting");
        pipeline.sleep.sleep(wait).await;
        call.deadline.account(Purpose::Token);
    }
}

/// A source that returns the refused token again has no other, so the refusal ends the call.
fn other_than_refused(call: &CallState<'_>, held: Held<Token>) -> Result<Held<Token>, NotAdmitted> {
    match &call.refused {
        Some(refused) if refused.token.is_same_credential(&held.value) => Err(NotAdmitted::SameTokenAgain(
            Error::answered(refused.response.clone()),
        )),
        _ => Ok(held),
    }
}

impl NotAdmitted {
    /// The error that ends the call. What the call itself has met before comes first.
    pub(super) fn into_error(self, call: &mut CallState<'_>) -> Error {
        match self {
            Self::CircuitOpen(refusal) => match call.last_error.take() {
                Some(error) => {
                    let wait = error.retry_after().unwrap_or_default().max(refusal.wait);
                    error.with_retry_after(Some(wait))
                }
                None => Error::circuit_open(refusal.wait),
            },
            Self::NoSlot(no_slot) => {
                let error = match no_slot {
                    NoSlot::TooLate { wait, is_paused } => Error::paced(wait, is_paused),
                    NoSlot::OutOfTime => call.out_of_time(),
                };
                match call.last_error.take() {
                    Some(earlier) => error.with_source(earlier),
                    None => error,
                }
            }
            Self::NoToken(cause) => refusal_or(call, Error::no_token(cause)),
            Self::NoTokenInTime => refusal_or(call, call.out_of_time()),
            Self::SameTokenAgain(error) => error,
        }
    }
}

/// If a token was refused, the refusal is the error, and the reason why there is no other token is its cause.
fn refusal_or(call: &CallState<'_>, error: Error) -> Error {
    match &call.refused {
        Some(refused) => Error::answered(refused.response.clone()).with_source(error),
        None => error,
    }
}
