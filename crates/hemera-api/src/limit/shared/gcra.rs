//! One decision in the shared store: a script, so that it is one round trip and atomic between servers.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, RedisError, RedisResult, Script};

use crate::limit::cost::Cost;
use crate::limit::decision::Decision;
use crate::limit::rate::Rate;

/// It uses the store's clock, so that the servers' clocks need not agree.
const SCRIPT: &str = include_str!("gcra.lua");

pub(super) struct Gcra {
    script: Script,
}

impl Gcra {
    pub(super) fn new() -> Self {
        Self {
            script: Script::new(SCRIPT),
        }
    }

    /// Loads the script into the store, so that a request only has to name it.
    pub(super) async fn load(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        self.script.load_async(connection).await.map(drop)
    }

    /// Counts a request, or the rest of one, in a cell. A store that has lost the script gets it again.
    pub(super) async fn decide(
        &self,
        connection: &mut MultiplexedConnection,
        cell: &str,
        rate: Rate,
        cost: Cost,
    ) -> RedisResult<Decision> {
        let mut invocation = self.script.prepare_invoke();
        invocation.key(cell);
        for span in [rate.burst_window(), rate.interval() * cost.taken, cost.given_back] {
            invocation.arg(micros(span));
        }
        let answer = invocation.invoke_async(connection).await?;
        decision(rate, cost, answer)
    }
}

/// Reads the script's answer: whether the request is admitted, and how many microseconds of the burst are taken.
fn decision(rate: Rate, cost: Cost, (is_admitted, taken): (bool, u64)) -> RedisResult<Decision> {
    let taken = Duration::from_micros(taken);
    if taken > rate.burst_window() {
        let problem = (ErrorKind::UnexpectedReturnType, "more is taken than the burst");
        return Err(RedisError::from(problem));
    }
    Ok(Decision::new(rate, cost, is_admitted, taken).of_store())
}

#[cfg(test)]
mod tests;

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}
