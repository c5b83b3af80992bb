//! Settings of the database, and of the limits with their shared store.

use std::num::NonZeroU32;
use std::time::Duration;

use super::Facts;
use super::judgement::{Judgement, Level, always_refused, fine, refused, warned};
use crate::config::database::{
    ACQUIRE_TIMEOUT, ADMIN_URL, IDLE_TIMEOUT, MAX_CONNECTIONS, PRIVATE_NETWORK, URL,
};
use crate::config::limits::{
    ADMIN_BURST, ADMIN_RATE, API_CLIENT_BURST, API_CLIENT_RATE, FAILED_AUTH_BURST, FAILED_AUTH_RATE,
    LimitStore, Quota, REPLICAS, STORE, STORE_TIMEOUT, WINDOW,
};
use crate::config::redis::RedisUrl;

const KNOWN_PASSWORD: &str =
    "has no password that others do not know: it is the login's name, or one of this repository";
const OWN_PASSWORD: &str =
    "give the login a password of random characters, such as `openssl rand -hex 24` prints";

pub(super) static DATABASE: &[Judgement] = &[
    always_refused(
        &URL,
        "names another machine, without verified TLS and without HEMERA_DATABASE__PRIVATE_NETWORK=true",
        "add sslmode=verify-full",
    ),
    refused(&URL, KNOWN_PASSWORD, OWN_PASSWORD, |facts| {
        Some(facts.database?.url.has_known_password())
    })
    .in_staging(Level::Warned),
    warned(
        &URL,
        "logs in as postgres, the superuser, to whom no rule of the database applies",
        "make a login that is a member of hemera_server (docs/database.md)",
        |facts| Some(facts.database?.url.login() == "postgres"),
    ),
    always_refused(
        &ADMIN_URL,
        "names another machine, without verified TLS and without HEMERA_DATABASE__PRIVATE_NETWORK=true",
        "add sslmode=verify-full",
    ),
    refused(&ADMIN_URL, KNOWN_PASSWORD, OWN_PASSWORD, |facts| {
        Some(facts.database?.admin_url.has_known_password() && facts.is_set(&ADMIN_URL))
    })
    .in_staging(Level::Warned),
    warned(
        &ADMIN_URL,
        "is among a server's settings: who takes over the server has the owner's login, and can change the audit log",
        "set it for `migrate` and `audit retain` alone",
        |facts| Some(facts.is_set(&ADMIN_URL)),
    ),
    refused(
        &PRIVATE_NETWORK,
        "is true, and the database's address is one of the internet",
        "add sslmode=verify-full to the address of the database, and take this setting out",
        |facts| {
            let database = facts.database?;
            let urls = [&database.url, &database.admin_url];
            Some(
                urls.into_iter()
                    .any(|url| url.is_on_the_internet() && !url.is_verified()),
            )
        },
    ),
    fine(
        &[&MAX_CONNECTIONS, &ACQUIRE_TIMEOUT, &IDLE_TIMEOUT],
        "bounded in every value; what suits depends on the database",
    ),
];

const TOO_FAST: &str = "admits more than ten times what is the default, and so hardly limits";
const SLOWER: &str =
    "lower it, or lengthen HEMERA_LIMITS__WINDOW; docs/scaling.md says what one server carries";

pub(super) static LIMITS: &[Judgement] = &[
    fine(&[&WINDOW], "the rates below are judged by what they admit in it"),
    warned(&API_CLIENT_RATE, TOO_FAST, SLOWER, |facts| {
        is_too_fast(facts, facts.limits?.api_client, API_CLIENT_RATE.default_value()?)
    }),
    warned(&ADMIN_RATE, TOO_FAST, SLOWER, |facts| {
        is_too_fast(facts, facts.limits?.admin, ADMIN_RATE.default_value()?)
    }),
    warned(&FAILED_AUTH_RATE, TOO_FAST, SLOWER, |facts| {
        is_too_fast(
            facts,
            facts.limits?.failed_auth,
            FAILED_AUTH_RATE.default_value()?,
        )
    }),
    fine(
        &[&API_CLIENT_BURST, &ADMIN_BURST, &FAILED_AUTH_BURST],
        "a burst is admitted once, then the rate counts",
    ),
    refused(
        &STORE,
        "sends the password of the Redis over the internet in clear",
        "use rediss://, or an address of a private network",
        |facts| {
            let redis = redis(facts)?;
            Some(!redis.is_encrypted() && redis.is_on_the_internet())
        },
    ),
    warned(
        &STORE,
        "names a Redis on another machine without a password: all who reach it can set the counts to zero",
        "set requirepass there, and the password in this address",
        |facts| {
            let redis = redis(facts)?;
            Some(!redis.has_password() && !redis.is_on_this_machine())
        },
    ),
    fine(&[&STORE_TIMEOUT], "bounded in every value"),
    refused(
        &REPLICAS,
        "is not set: several servers that do not know of each other admit a multiple of every limit",
        "set it to how many servers serve the same callers, with those that a release starts beside; 1 for a single one",
        |facts| Some(!facts.is_set(&REPLICAS)),
    ),
];

fn redis<'f>(facts: &Facts<'f>) -> Option<&'f RedisUrl> {
    match &facts.limits?.store {
        LimitStore::Memory => None,
        LimitStore::Redis(redis) => Some(&redis.url),
    }
}

/// Whether a quota admits more than ten times the default of its rate in the default window.
fn is_too_fast(facts: &Facts<'_>, quota: Quota, default: NonZeroU32) -> Option<bool> {
    let window = facts.limits?.window;
    let usual: Duration = WINDOW.default_value()?;
    let admitted = u128::from(quota.rate.get()) * usual.as_micros();
    let most = 10 * u128::from(default.get()) * window.as_micros();
    Some(admitted > most)
}
