//! Settings of the rate limits.

use std::num::NonZeroU32;
use std::time::Duration;

use super::origin::DEFAULT;
use super::redis::{RedisConfig, RedisUrl};
use super::setting::{Declared as _, Setting, settings};
use super::source::{Invalid, Source};
use super::value::Value;

const ONE: NonZeroU32 = NonZeroU32::MIN;
const THOUSAND: NonZeroU32 = ONE.saturating_add(999);
const MILLION: NonZeroU32 = ONE.saturating_add(999_999);

settings! { SETTINGS:
    /// The window that the rates count in.
    WINDOW: Duration = Setting::at("limits.window")
        .or("60s")
        .within(Duration::from_millis(10), Duration::from_hours(24));

    /// Requests per window of each caller with the role api-client.
    API_CLIENT_RATE: NonZeroU32 = Setting::at("limits.api_client_rate").or("100").within(ONE, MILLION);

    /// How many of them may be sent together after a rest.
    API_CLIENT_BURST: NonZeroU32 = Setting::at("limits.api_client_burst").or("20").within(ONE, MILLION);

    /// Requests per window of each caller with the role admin.
    ADMIN_RATE: NonZeroU32 = Setting::at("limits.admin_rate").or("200").within(ONE, MILLION);

    /// How many of them may be sent together after a rest.
    ADMIN_BURST: NonZeroU32 = Setting::at("limits.admin_burst").or("40").within(ONE, MILLION);

    /// Failed authentications per window of one address; over them it is answered with 429 where its credential fails.
    FAILED_AUTH_RATE: NonZeroU32 = Setting::at("limits.failed_auth_rate").or("30").within(ONE, MILLION);

    /// How many of them may be sent together after a rest.
    FAILED_AUTH_BURST: NonZeroU32 = Setting::at("limits.failed_auth_burst").or("30").within(ONE, MILLION);

    /// Where callers' requests are counted: memory, or a Redis that all servers share, `redis://:password@host:6379/0`
    /// (`rediss://` with TLS). Secret, because of the password. docs/rate-limits.md says what follows.
    STORE: Store = Setting::at("limits.store").or("memory").secret();

    /// The longest that a request waits for that Redis; then the server goes on with its share of the limits.
    STORE_TIMEOUT: Duration = Setting::at("limits.store_timeout")
        .or("50ms")
        .within(Duration::from_millis(1), Duration::from_secs(5));

    /// How many servers serve the same callers: what a server counts alone is held against its share. With a
    /// Redis it has to be set: the default is for memory alone.
    REPLICAS: NonZeroU32 = Setting::at("limits.replicas").or("1").within(ONE, THOUSAND);
}

/// How many requests a window admits, and how many of them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests per window in the long run.
    pub rate: NonZeroU32,
    /// Requests that are admitted together after a rest.
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

impl LimitsConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let window = source.read(&WINDOW);
        let mut quota = |rate, burst| quota(source, &window, rate, burst);
        let api_client = quota(&API_CLIENT_RATE, &API_CLIENT_BURST);
        let admin = quota(&ADMIN_RATE, &ADMIN_BURST);
        let failed_auth = quota(&FAILED_AUTH_RATE, &FAILED_AUTH_BURST);
        let replicas = source.read(&REPLICAS);
        let store = store(source);
        Ok(Self {
            window: window?,
            api_client: api_client?,
            admin: admin?,
            failed_auth: failed_auth?,
            store: store?,
            replicas: replicas?,
        })
    }
}

fn quota(
    source: &mut Source,
    window: &Result<Duration, Invalid>,
    rate: &Setting<NonZeroU32>,
    burst: &Setting<NonZeroU32>,
) -> Result<Quota, Invalid> {
    let (rate_value, burst) = (source.read(rate), source.read(burst));
    let quota = Quota {
        rate: rate_value?,
        burst: burst?,
    };
    match window {
        // Both stores count in whole microseconds.
        Ok(window) if u128::from(quota.rate.get()) > window.as_micros() => {
            Err(source.refuse(rate, "must be at most one request a microsecond of the window"))
        }
        _ => Ok(quota),
    }
}

fn store(source: &mut Source) -> Result<LimitStore, Invalid> {
    let store = source.read(&STORE);
    let timeout = source.read(&STORE_TIMEOUT);
    match store? {
        Store::Memory => Ok(LimitStore::Memory),
        // A number that is too small would let too much pass while the store is lost.
        Store::Redis(_) if source.layer_of(REPLICAS.declaration()) == Some(DEFAULT) => Err(source.missing(
            &REPLICAS,
            "set it to how many servers share the store that HEMERA_LIMITS__STORE names",
        )),
        Store::Redis(url) => Ok(LimitStore::Redis(RedisConfig {
            url,
            timeout: timeout?,
        })),
    }
}

pub(super) enum Store {
    Memory,
    Redis(RedisUrl),
}

impl Value for Store {
    const KIND: &'static str = "memory or address of a Redis";

    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "memory" => Ok(Self::Memory),
            address => RedisUrl::parse(address.into()).map(Self::Redis),
        }
    }
}
