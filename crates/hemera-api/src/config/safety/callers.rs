//! Settings of who may call: Clerk, tokens, roles, service keys, machines.

use clerk::{Instance, TokenClass, is_loopback};
use time::{Duration, OffsetDateTime};

use super::Facts;
use super::judgement::{Judgement, Level, always_refused, fine, refused, warned, warned_entries};
use crate::config::clerk::{API_URL, ISSUER, JWT_KEY, PUBLISHABLE_KEY, SECRET_KEY, TIMEOUT};
use crate::config::machines::{ALLOW_UNSCOPED, ID, MACHINE_ID, TABLE as MACHINES};
use crate::config::roles::{CAPACITY, COOL_DOWN, GRACE, MAX_AGE, REFUSE_LOCKED, RoleSource, SOURCE};
use crate::config::secrets::INTERVAL;
use crate::config::service_keys::{EXPIRES, FILE, SHA256, SUBJECT, ServiceKeyConfig, TABLE as SERVICE_KEYS};
use crate::config::tokens::{
    AUDIENCE, AUTHORIZED_PARTIES, CLASSES, KEYS_COOL_DOWN, KEYS_GRACE, KEYS_MAX_AGE, KEYS_WINDOW, LEEWAY,
    MAX_LIFETIME, REQUIRE_AZP,
};

/// The secret keys that the emulator takes by default: everybody knows them.
const KEYS_OF_THE_EMULATOR: [&str; 2] = ["sk_test_emulator", "sk_live_emulator"];
/// The longest life of a service key that is not warned of.
const YEAR: Duration = Duration::days(366);

const STRETCHED: &str = "is longer than its default, which docs/security.md promises";
const SHORTEN: &str = "shorten it, or tell those who rely on that page";

pub(super) static ROWS: &[Judgement] = &[
    refused(
        &SECRET_KEY,
        "is the emulator's own, which everybody knows",
        "set the secret key of your instance at Clerk (dashboard, API keys)",
        |facts| Some(facts.clerk?.secret_key.is_one_of(&KEYS_OF_THE_EMULATOR)),
    ),
    refused(
        &SECRET_KEY,
        "is a key of a development instance of Clerk, where sessions can be made without a sign-in",
        "set the secret key of the production instance, sk_live_…",
        |facts| Some(facts.clerk?.secret_key.instance() == Instance::Development),
    )
    .in_staging(Level::Fine),
    warned(
        &SECRET_KEY,
        "is a live key: users and roles of production count here",
        "set the secret key of a development instance, sk_test_…",
        |facts| {
            let clerk = facts.clerk?;
            let is_live = clerk.secret_key.instance() == Instance::Production;
            Some(is_live && !is_loopback(&clerk.api_url))
        },
    )
    .in_each(Level::Warned, Level::Warned, Level::Fine),
    always_refused(
        &PUBLISHABLE_KEY,
        "is a live key beside a test key, or the reverse",
        "take both from one instance",
    ),
    warned(
        &ISSUER,
        "is not the Frontend API that CLERK_PUBLISHABLE_KEY names: tokens of another instance are accepted",
        "take one of the two out",
        |facts| {
            let clerk = facts.clerk?;
            Some(clerk.named_issuer.as_ref()?.origin() != clerk.issuer.origin())
        },
    ),
    refused(
        &ISSUER,
        "is on this machine, where no real Clerk is: every program here could issue tokens",
        "set it to the instance's Frontend API, or set CLERK_PUBLISHABLE_KEY alone",
        |facts| Some(is_loopback(&facts.clerk?.issuer)),
    ),
    refused(
        &API_URL,
        "is on this machine, where no real Clerk is: every program here could give out roles",
        "take it out: Clerk is at https://api.clerk.com",
        |facts| Some(is_loopback(&facts.clerk?.api_url)),
    ),
    warned(
        &API_URL,
        "is not Clerk's own address, and gets CLERK_SECRET_KEY with every request",
        "take it out, unless a proxy of yours is there",
        |facts| {
            let clerk = facts.clerk?;
            let usual = API_URL.default_value()?;
            Some(clerk.api_url != usual.0 && !is_loopback(&clerk.api_url))
        },
    ),
    warned(
        &JWT_KEY,
        "is set: a signing key that is withdrawn at Clerk is trusted here until this setting changes",
        "take it out, unless the server cannot reach Clerk",
        |facts| Some(facts.clerk?.jwt_key.is_some()),
    ),
    fine(&[&TIMEOUT], "bounded in every value"),
    warned(
        &CLASSES,
        "has session, without HEMERA_TOKENS__AUTHORIZED_PARTIES: a token that any application of the instance got is accepted",
        "list the origins of yours in HEMERA_TOKENS__AUTHORIZED_PARTIES, or use tokens of the JWT template",
        |facts| {
            let tokens = &facts.clerk?.tokens;
            Some(tokens.classes.contains(&TokenClass::Session) && tokens.authorized_parties.is_empty())
        },
    ),
    fine(
        &[&AUDIENCE],
        "an empty one is a fault: the audience is always checked",
    ),
    fine(
        &[&AUTHORIZED_PARTIES, &REQUIRE_AZP],
        "they only refuse more; tokens of a service user carry no azp",
    ),
    warned(&LEEWAY, STRETCHED, SHORTEN, |facts| {
        Some(facts.clerk?.tokens.leeway > LEEWAY.default_value()?)
    }),
    warned(&MAX_LIFETIME, STRETCHED, SHORTEN, |facts| {
        Some(facts.clerk?.tokens.max_lifetime > MAX_LIFETIME.default_value()?)
    }),
    warned(&KEYS_MAX_AGE, STRETCHED, SHORTEN, |facts| {
        Some(facts.clerk?.tokens.keys_max_age > KEYS_MAX_AGE.default_value()?)
    }),
    warned(&KEYS_GRACE, STRETCHED, SHORTEN, |facts| {
        Some(facts.clerk?.tokens.keys_grace > KEYS_GRACE.default_value()?)
    }),
    warned(
        &KEYS_WINDOW,
        "is shorter than its default: made-up tokens cause more requests to Clerk than docs/security.md promises",
        "set it to 30s or more",
        |facts| Some(facts.clerk?.tokens.keys_window < KEYS_WINDOW.default_value()?),
    ),
    warned(
        &KEYS_COOL_DOWN,
        "is 0: while Clerk fails, every request asks it again",
        "set it to 1s or more",
        |facts| Some(facts.clerk?.tokens.keys_cool_down.is_zero()),
    ),
    warned(
        &SOURCE,
        "is claim: a ban and a lost role count only when the token has expired",
        "set it to lookup, unless your plan of Clerk's or its rate limit forbids that",
        |facts| Some(facts.roles?.source == RoleSource::Claim),
    ),
    warned(
        &REFUSE_LOCKED,
        "is true: strangers can shut a user out by guessing passwords",
        "set it to false, unless no user has a password",
        |facts| Some(facts.roles?.refuse_locked),
    ),
    warned(&MAX_AGE, STRETCHED, SHORTEN, |facts| {
        Some(facts.roles?.max_age > MAX_AGE.default_value()?)
    }),
    warned(&GRACE, STRETCHED, SHORTEN, |facts| {
        Some(facts.roles?.grace > GRACE.default_value()?)
    }),
    warned(
        &COOL_DOWN,
        "is 0: while Clerk fails, every request of a caller asks it again",
        "set it to 1s or more",
        |facts| Some(facts.roles?.cool_down.is_zero()),
    ),
    fine(
        &[&CAPACITY],
        "with fewer, Clerk is asked more often, and no caller gets another's role",
    ),
    fine(
        &[&SHA256, &SUBJECT],
        "a hash and a name; the key itself is 256 random bits",
    ),
    warned_entries(
        &SERVICE_KEYS,
        &EXPIRES,
        "is not set: a copy of the key opens the API for ever",
        "set it, as `hemera-api key new … --expires-in 90days` prints it",
        |facts| keys(facts, |_, expires| expires.is_none()),
    )
    .in_each(Level::Fine, Level::Warned, Level::Refused),
    warned_entries(
        &SERVICE_KEYS,
        &EXPIRES,
        "is more than a year away",
        "make a key for a shorter time, and another one before it ends",
        |facts| keys(facts, |now, expires| expires.is_some_and(|end| end - now > YEAR)),
    ),
    warned_entries(
        &SERVICE_KEYS,
        &EXPIRES,
        "has passed: the key opens nothing",
        "take the key out, or make another one with `hemera-api key new`",
        |facts| keys(facts, |now, expires| expires.is_some_and(|end| end <= now)),
    ),
    fine(
        &[&FILE],
        "its keys are judged by the rows of the other settings, also when the file changes",
    ),
    fine(
        &[&INTERVAL],
        "bounded in every value; SIGHUP does not wait for it",
    ),
    fine(
        &[&MACHINE_ID, &ID],
        "another machine's tokens are refused, whatever is set here",
    ),
    warned_entries(
        &MACHINES,
        &ALLOW_UNSCOPED,
        "is true: a token that the machine has made for another receiver, without naming it, opens the API too",
        "let the machine's tokens name Hemera's machine (docs/tokens.md), and take this out",
        |facts| {
            let accepted = facts.machines?.accepted.iter();
            let unscoped = accepted.filter(|machine| machine.allow_unscoped);
            Some(unscoped.map(|machine| machine.name.clone()).collect())
        },
    ),
];

/// The names of the keys whose end, now, is as described.
fn keys(
    facts: &Facts<'_>,
    is_found: fn(OffsetDateTime, Option<OffsetDateTime>) -> bool,
) -> Option<Vec<String>> {
    let all: &[ServiceKeyConfig] = facts.service_keys?;
    let found = all.iter().filter(|key| is_found(facts.now, key.expires));
    Some(found.map(|key| key.name.clone()).collect())
}
