//! How often a caller may send requests, and how often an address may fail to authenticate.
//!
//! GCRA per (role, subject): a caller may send its burst without a pause and its rate in the long run, so at
//! most limit + burst in any window. Keys are authenticated callers; a sweep that the app owns forgets idle ones.
//!
//! A single server counts in its memory. Several servers count in a shared store, and each also in its memory: there it
//! counts what it has admitted itself against its share of the limit, and decides by that while the store is lost.
//! `docs/rate-limits.md` says what follows for callers.

mod callers;
mod clock;
mod cost;
mod decision;
mod failed_auth;
mod network;
mod rate;
mod shared;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use permissions::Role;

pub(crate) use self::decision::Decision;
pub(crate) use self::network::network;

use self::callers::{CallerKey, Callers};
use self::clock::LimitClock;
use self::cost::Cost;
use self::failed_auth::FailedAuthentications;
use self::rate::Rate;
use self::shared::SharedStore;
use crate::config::{LimitStore, LimitsConfig};

/// The beginning of every key in the shared store.
const PREFIX: &str = "hemera:limit";

/// All limits of the server.
#[derive(Debug)]
pub(crate) struct Limiter {
    api_client: Quotas,
    admin: Quotas,
    failed: FailedAuthentications,
    /// The store in which several servers count; `None` if this one counts in its memory only.
    store: Option<Arc<SharedStore>>,
}

/// The quota of the callers of one role.
#[derive(Debug)]
struct Quotas {
    /// The quota of all servers together.
    total: Rate,
    /// This server's own counts, against its share of the quota.
    local: Callers,
}

/// The state of the shared store, which determines where requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreState {
    /// There is no shared store: requests are counted in this server's memory.
    NotConfigured,
    /// Requests are counted in the shared store.
    Connected,
    /// The shared store is lost: requests are counted in this server's memory until it is back.
    Lost,
}

impl Quotas {
    fn new(total: Rate, replicas: NonZeroU32, clock: &LimitClock) -> Self {
        let local = Callers::new(total.share_of(replicas), clock.clone());
        Self { total, local }
    }

    /// The store's decision, or this server's own if the store made none.
    fn decide(&self, key: &CallerKey, from_store: Option<Decision>) -> Decision {
        let Some(decision) = from_store else {
            return self.local.check(key);
        };
        if decision.is_admitted() {
            // So that this server knows what it has admitted itself when it has to decide without the store.
            self.local.charge(key, Cost::ONE.taken);
        }
        decision
    }

    /// The same on the rest of a request, whose first part was counted in the store.
    fn decide_rest(&self, key: &CallerKey, from_store: Option<Decision>, weight: u32) -> Decision {
        let rest = |rate| Cost::rest_of(weight, rate, Duration::ZERO);
        let Some(decision) = from_store else {
            // What the store has taken cannot be given back here.
            return self.local.take(key, rest(self.local.rate()).without_refund());
        };
        if decision.is_admitted() {
            self.local.charge(key, rest(&self.total).taken);
        }
        decision
    }
}

/// The key of a caller in the shared store.
fn cell((role, subject): &CallerKey) -> String {
    format!("{PREFIX}:{role}:{subject}")
}

impl Limiter {
    /// Connects to the shared store, if there is one. A store that does not answer does not prevent the start.
    ///
    /// # Errors
    /// If no client for the store can be made, for example because the system's root certificates are missing.
    pub(crate) async fn start(
        config: &LimitsConfig,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, redis::RedisError> {
        let store = match &config.store {
            LimitStore::Memory => None,
            LimitStore::Redis(redis) => Some(SharedStore::connect(redis, config.window, clock).await?),
        };
        let clock = LimitClock(Arc::clone(clock));
        let quotas = |quota| {
            let window = config.window;
            Quotas::new(Rate { quota, window }, config.replicas, &clock)
        };
        let failed = Rate {
            quota: config.failed_auth,
            window: config.window,
        };
        Ok(Self {
            api_client: quotas(config.api_client),
            admin: quotas(config.admin),
            failed: FailedAuthentications::new(&failed, clock.clone()),
            store,
        })
    }

    /// Counts one request of an authenticated caller. Roles without a quota of their own have the smaller one: their
    /// requests are refused afterwards, but are limited too.
    pub(crate) async fn check(&self, role: Role, subject: &Arc<str>) -> Decision {
        let quotas = self.quotas(role);
        let key = (role, Arc::clone(subject));
        let Some(store) = &self.store else {
            return quotas.local.check(&key);
        };
        let from_store = store.decide(&cell(&key), quotas.total, Cost::ONE).await;
        quotas.decide(&key, from_store)
    }

    /// Counts the rest of a request that turned out to count as `weight`, in one step: all of the rest or nothing. As one
    /// request it was admitted at the moment `began` with the decision `first`; where the rest is refused, that is given
    /// back, less its age.
    pub(crate) async fn raise(
        &self,
        role: Role,
        subject: &Arc<str>,
        (began, first): (Duration, Decision),
        weight: u32,
    ) -> Decision {
        let quotas = self.quotas(role);
        let cost = Cost::rest_of(weight, first.rate(), self.now().saturating_sub(began));
        if cost.taken == 0 {
            return first;
        }
        let key = (role, Arc::clone(subject));
        // Where the first part was counted, the rest is.
        match &self.store {
            Some(store) if first.is_of_store() => {
                let from_store = store.decide(&cell(&key), quotas.total, cost).await;
                quotas.decide_rest(&key, from_store, weight)
            }
            _ => quotas.local.take(&key, cost),
        }
    }

    /// The monotonic time by which requests are counted in memory.
    pub(crate) fn now(&self) -> Duration {
        self.api_client.local.now()
    }

    fn quotas(&self, role: Role) -> &Quotas {
        if role == Role::Admin {
            &self.admin
        } else {
            &self.api_client
        }
    }

    /// The state of the shared store, as the last request found it.
    pub(crate) fn store_state(&self) -> StoreState {
        match &self.store {
            None => StoreState::NotConfigured,
            Some(store) if store.is_connected() => StoreState::Connected,
            Some(_) => StoreState::Lost,
        }
    }

    /// Counts one failed authentication of an address.
    ///
    /// # Errors
    /// How long the address has to wait, if it is over its limit.
    pub(crate) fn note_failed_authentication(&self, client: Option<IpAddr>) -> Result<(), Duration> {
        self.failed.count(client)
    }

    /// Forgets callers and addresses whose full burst is available again.
    pub(crate) fn sweep(&self) {
        self.api_client.local.sweep();
        self.admin.local.sweep();
        self.failed.sweep();
    }
}
