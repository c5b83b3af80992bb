//! What an attempt needs before it is sent: a circuit that lets it, a place at the gate, and a token.

use freshness::{Held, Unavailable};
use tracing::debug;

use super::exchange::Exchange;
use crate::circuit::{PermitGuard, Refusal};
use crate::deadline::Purpose;
use crate::error::Error;
use crate::throttle::{NoSlot, Slot};
use crate::token::{Token, TokenError};

/// Permit to send one attempt; kept until it is over.
pub(super) struct Admission<'a> {
    pub(super) slot: Slot<'a>,
    pub(super) permit: PermitGuard<'a>,
    pub(super) token: Held<Token>,
}

impl<'a> Exchange<'a> {
    /// Waits for all three. A circuit that opens meanwhile ends the wait at the gate.
    pub(super) async fn admission(&mut self) -> Result<Admission<'a>, Error> {
        let circuit = &self.pipeline.circuit;
        loop {
            self.closed_circuit().await?;
            let admitted = tokio::select! {
                biased;
                _ = circuit.until_refusing() => None,
                admitted = self.place_and_token() => Some(admitted?),
            };
            self.deadline.account(Purpose::Pacing);
            let Some((slot, token)) = admitted else {
                continue;
            };
            if let Ok(permit) = circuit.acquire() {
                return Ok(Admission { slot, permit, token });
            }
        }
    }

    /// A new call is refused at once while the circuit is open. One that is under way waits for what
    /// comes of the probe, or makes it, as it would have waited before trying again anyway.
    async fn closed_circuit(&mut self) -> Result<(), Error> {
        let circuit = &self.pipeline.circuit;
        while let Some(refused) = circuit.refusal() {
            let left = self.deadline.left();
            if self.attempts == 0 || refused.wait >= left {
                return Err(self.kept_out(refused));
            }
            if refused.is_probing {
                let known = tokio::time::timeout(left, circuit.until_probed()).await;
                if known.is_err() {
                    return Err(self.kept_out(refused));
                }
            } else {
                self.pipeline.sleep.sleep(refused.wait).await;
            }
            self.deadline.account(Purpose::Retry);
        }
        Ok(())
    }

    /// What the call has met itself says more than that others have met it too.
    fn kept_out(&mut self, refused: Refusal) -> Error {
        match self.failed.take() {
            Some(failed) => {
                let wait = failed.retry_after().unwrap_or_default().max(refused.wait);
                failed.with_retry_after(Some(wait))
            }
            None => Error::circuit_open(refused.wait),
        }
    }

    /// A place at the gate and a token to use it with.
    ///
    /// The gate comes first, so that the token is no older than the attempt; but nobody takes a place
    /// while there is no token at all, or all who waited for one would then be sent at once.
    async fn place_and_token(&mut self) -> Result<(Slot<'a>, Held<Token>), Error> {
        if self.pipeline.tokens.peek().is_none() {
            self.token().await?;
        }
        let passed = self.pipeline.throttle.pass(&self.deadline).await;
        self.deadline.account(Purpose::Pacing);
        let slot = passed.map_err(|refused| self.without_place(refused))?;
        let token = self.token().await?;
        Ok((slot, token))
    }

    /// What the call has met before it came to the gate again is the cause that is told.
    fn without_place(&mut self, refused: NoSlot) -> Error {
        let error = match refused {
            NoSlot::TooLate { wait, is_paused } => Error::paced(wait, is_paused),
            NoSlot::OutOfTime => self.out_of_time(),
        };
        match self.failed.take() {
            Some(failed) => error.with_source(failed),
            None => error,
        }
    }

    /// A valid token other than the one that was refused; waits while one may still come in time.
    async fn token(&mut self) -> Result<Held<Token>, Error> {
        let mut tries = 0;
        loop {
            let asked = tokio::time::timeout(self.deadline.left(), self.pipeline.tokens.token()).await;
            self.deadline.account(Purpose::Token);
            let Ok(answer) = asked else {
                return Err(self.without_token(self.out_of_time()));
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
            self.deadline.account(Purpose::Token);
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
}

/// Whether a token may come without anybody mending anything.
fn may_pass(unavailable: &Unavailable<TokenError>) -> bool {
    unavailable.failure().is_none_or(|error| error.is_transient())
}
