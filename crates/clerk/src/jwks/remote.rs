//! Keys that are fetched, and the checks of signatures with them.

use std::sync::Arc;

use freshness::{Cell, Clock, Held, Policy};

use super::activity::FetchLog;
use super::key::{Keys, LastFetched, Signed, Verdict};
use super::source::{KeyLoad, KeySource};
use super::waiting::Waiting;
use super::{KeySetPolicy, KeysUnavailable, SignatureUnchecked};
use crate::error::Error;

/// Keys that are fetched and kept fresh.
#[derive(Clone)]
pub(super) struct RemoteKeys {
    cell: Cell<KeyLoad>,
    pub(super) log: Arc<FetchLog>,
    last: LastFetched,
    waiting: Arc<Waiting>,
}

impl RemoteKeys {
    pub(super) fn new(source: KeySource, policy: KeySetPolicy, clock: Arc<dyn Clock>) -> Self {
        let cell = Policy::default()
            .with_grace(policy.grace)
            .with_renew_window(policy.window)
            .with_cool_down(policy.cool_down)
            .with_flight_deadline(policy.deadline);
        let log = FetchLog::new(Arc::clone(&clock));
        let last = LastFetched::default();
        let load = KeyLoad {
            source,
            max_age: policy.max_age,
            log: Arc::clone(&log),
            last: Arc::clone(&last),
        };
        Self {
            cell: Cell::new(load, cell, clock),
            log,
            last,
            waiting: Arc::new(Waiting::at_most(policy.most_waiting)),
        }
    }

    /// Whether there are keys at hand. Causes no fetch.
    pub(super) fn is_ready(&self) -> bool {
        self.cell.peek().is_some()
    }

    /// The keys that were fetched last, however old.
    pub(super) fn last(&self) -> Option<Arc<Keys>> {
        self.last.lock().clone()
    }

    /// The keys, fetched where they have to be.
    pub(super) async fn current(&self) -> Result<Held<Arc<Keys>>, KeysUnavailable> {
        self.cell.get().await.map_err(|unavailable| KeysUnavailable {
            retry_in: unavailable.retry_in(),
            source: unavailable.failure().map(|error| Error::clone(error)),
        })
    }

    /// See [`KeySet::check`](super::KeySet::check). Only a token of a key that was known waits without a place.
    pub(super) async fn check(&self, signed: &Signed<'_>) -> Result<Verdict, SignatureUnchecked> {
        let held = if self.is_ready() || self.knew(signed) {
            self.current().await?
        } else {
            let _place = self.waiting.place().ok_or(SignatureUnchecked::TooManyWait)?;
            self.current().await?
        };
        let verdict = held.value.check(signed);
        if verdict == Verdict::Good {
            return Ok(verdict);
        }
        let _place = self.waiting.place().ok_or(SignatureUnchecked::TooManyWait)?;
        match self.cell.renew(held.generation).await {
            Ok(newer) if newer.generation != held.generation => Ok(newer.value.check(signed)),
            _ => Ok(verdict),
        }
    }

    /// Whether one of the last keys has signed it.
    fn knew(&self, signed: &Signed<'_>) -> bool {
        self.last()
            .is_some_and(|keys| keys.check(signed) == Verdict::Good)
    }
}
