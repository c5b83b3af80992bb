//! How often a caller may ask, and how often an address may fail to prove itself.
//!
//! GCRA per (role, subject): a caller may send its burst at once and its rate in the long run, so at most limit +
//! burst in any window. Keys are proven callers; idle ones are forgotten by a sweep that the app owns.
//!
//! One server counts in its memory. Several count in a shared store, and each of them in its memory besides: there it
//! holds its share of the limit against what it has admitted itself, and goes on by that while the store is lost.
//! `docs/rate-limits.md` says what follows for callers.

mod callers;
mod clock;
mod decision;
mod failed_auth;
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

use self::callers::{Callers, Key};
use self::clock::LimitClock;
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
    /// Where servers count together; `None` where this one counts alone.
    store: Option<Arc<SharedStore>>,
}

/// What callers of one role may do.
#[derive(Debug)]
struct Quotas {
    /// All servers together.
    together: Rate,
    /// This server alone: its share.
    alone: Callers,
}

/// Where a caller's requests are counted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// In this server's memory alone, as configured.
    Alone,
    /// In the shared store.
    Together,
    /// In this server's memory, because the shared store is lost.
    Cut,
}

impl Quotas {
    fn new(together: Rate, replicas: NonZeroU32, clock: &LimitClock) -> Self {
        let alone = Callers::new(together.share_of(replicas), clock.clone());
        Self { together, alone }
    }

    /// What the store has decided, or where it is lost, this server.
    fn settle(&self, key: &Key, of_store: Option<Decision>) -> Decision {
        let Some(decision) = of_store else {
            return self.alone.check(key);
        };
        if decision.is_admitted() {
            // So that this server knows its own part when it has to go on alone.
            self.alone.charge(key);
        }
        decision
    }
}

impl Limiter {
    /// Connects to the shared store, where there is one; without an answer it begins without.
    ///
    /// # Errors
    /// Where no client for the store can be made, such as for want of the system's root certificates.
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

    /// Counts one request of a proven caller. Roles without a quota of their own have the smaller one: they are
    /// refused afterwards, but not as often as they like.
    pub(crate) async fn check(&self, role: Role, subject: &Arc<str>) -> Decision {
        let quotas = if role == Role::Admin {
            &self.admin
        } else {
            &self.api_client
        };
        let key = (role, Arc::clone(subject));
        let Some(store) = &self.store else {
            return quotas.alone.check(&key);
        };
        let cell = format!("{PREFIX}:{role}:{subject}");
        let of_store = store.decide(&cell, quotas.together).await;
        quotas.settle(&key, of_store)
    }

    /// Where requests are counted now: what the last request has found.
    pub(crate) fn standing(&self) -> Standing {
        match &self.store {
            None => Standing::Alone,
            Some(store) if store.is_live() => Standing::Together,
            Some(_) => Standing::Cut,
        }
    }

    /// Counts one failed authentication of an address.
    ///
    /// # Errors
    /// How long the address has to wait, where it is over its limit.
    pub(crate) fn note_failed_authentication(&self, client: Option<IpAddr>) -> Result<(), Duration> {
        self.failed.note(client)
    }

    /// Forgets callers and addresses whose full burst is back: they are as good as new.
    pub(crate) fn sweep(&self) {
        self.api_client.alone.sweep();
        self.admin.alone.sweep();
        self.failed.sweep();
    }
}
