//! Settings of the rate limits.

use std::num::NonZeroU32;
use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::key::{self, Key};
use super::redis::{RedisConfig, RedisUrl};
use super::source::Source;

/// How many requests a window admits, and how many of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests per window in the long run.
    pub rate: NonZeroU32,
    /// Requests that are admitted at once after a rest.
    pub burst: NonZeroU32,
}

/// Where requests are counted.
#[derive(Clone, Debug)]
pub enum LimitStore {
    /// In each server's own memory.
    Memory,
    /// In a Redis that all servers share.
    Redis(RedisConfig),
}

/// The limits per role, and of failed authentications per address.
#[derive(Clone, Debug)]
pub struct LimitsConfig {
    /// The window that rates count in.
    pub window: Duration,
    /// Each caller with the role `api-client`.
    pub api_client: Quota,
    /// Each caller with the role `admin`.
    pub admin: Quota,
    /// Each address whose credentials fail.
    pub failed_auth: Quota,
    /// Where callers' requests are counted. Failed authentications are always counted in memory.
    pub store: LimitStore,
    /// How many servers serve the same callers: what one of them counts without the others is held against its share.
    pub replicas: NonZeroU32,
}

/// Both stores count in whole microseconds.
const TOO_FAST: &str = "must be at most one request a microsecond of the window";

impl LimitsConfig {
    pub(super) fn take(source: &mut Source) -> Self {
        let window = source.span(
            &key::LIMITS_WINDOW,
            Duration::from_millis(10),
            Duration::from_hours(24),
        );
        let mut quota = |rate, burst| quota(source, window, rate, burst);
        let api_client = quota(&key::LIMITS_API_CLIENT_RATE, &key::LIMITS_API_CLIENT_BURST);
        let admin = quota(&key::LIMITS_ADMIN_RATE, &key::LIMITS_ADMIN_BURST);
        let failed_auth = quota(&key::LIMITS_FAILED_AUTH_RATE, &key::LIMITS_FAILED_AUTH_BURST);
        let replicas = number(source, &key::LIMITS_REPLICAS, 1_000);
        Self {
            window,
            api_client,
            admin,
            failed_auth,
            store: store(source),
            replicas,
        }
    }
}

fn quota(source: &mut Source, window: Duration, rate: &Key, burst: &Key) -> Quota {
    let quota = Quota {
        rate: number(source, rate, 1_000_000),
        burst: number(source, burst, 1_000_000),
    };
    // A window that is not valid has been noted already.
    if !window.is_zero() && u128::from(quota.rate.get()) > window.as_micros() {
        source.fault(rate, TOO_FAST);
    }
    quota
}

fn number(source: &mut Source, key: &Key, most: u32) -> NonZeroU32 {
    NonZeroU32::new(source.number(key, 1, most)).unwrap_or(NonZeroU32::MIN)
}

fn store(source: &mut Source) -> LimitStore {
    let timeout = source.span(
        &key::LIMITS_STORE_TIMEOUT,
        Duration::from_millis(1),
        Duration::from_secs(5),
    );
    let Some(text) = source.secret(&key::LIMITS_STORE) else {
        return LimitStore::Memory;
    };
    if text.expose_secret() == "memory" {
        return LimitStore::Memory;
    }
    if !source.is_set(&key::LIMITS_REPLICAS) {
        // No default: a number that is too small would let too much pass while the store is lost.
        source.missing(
            &key::LIMITS_REPLICAS,
            "set it to how many servers share the store that HEMERA_LIMITS__STORE names",
        );
    }
    match RedisUrl::parse(text) {
        Ok(url) => LimitStore::Redis(RedisConfig { url, timeout }),
        Err(problem) => {
            source.fault(&key::LIMITS_STORE, problem);
            LimitStore::Memory
        }
    }
}
