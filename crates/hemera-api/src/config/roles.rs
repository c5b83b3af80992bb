//! Settings of the callers' roles.

use std::time::Duration;

use clerk::TokenClass;

use super::clerk::ClerkConfig;
use super::cool_down;
use super::setting::{Setting, settings};
use super::source::{Invalid, Source};
use super::value::Value;

const HOUR: Duration = Duration::from_hours(1);

settings! { SETTINGS:
    /// Where a caller's role comes from: lookup (Clerk is asked, and a ban counts) or claim (the token's own `role`: Clerk
    /// is not asked, and a ban counts when the token has expired).
    SOURCE: RoleSource = Setting::at("roles.source").or("lookup");

    /// Refuse users whom Clerk has locked. Strangers can lock a user by guessing passwords.
    REFUSE_LOCKED: bool = Setting::at("roles.refuse_locked").or("false");

    /// The oldest a caller's role may be while Clerk answers, counted from before it was looked up.
    MAX_AGE: Duration = Setting::at("roles.max_age").or("60s").within(Duration::from_millis(1), HOUR);

    /// How much longer a known role is used while Clerk does not answer.
    GRACE: Duration = Setting::at("roles.grace").or("5m").within(Duration::ZERO, HOUR);

    /// The least time between two look-ups of one caller, after one that failed too; at most half of the age above.
    COOL_DOWN: Duration = Setting::at("roles.cool_down").or("2s").within(Duration::ZERO, HOUR);

    /// The most callers whose role is remembered.
    CAPACITY: u32 = Setting::at("roles.capacity").or("10000").within(1, 10_000_000);
}

/// Where a caller's role comes from, and how fresh it is kept.
#[derive(Clone, Copy, Debug)]
pub struct RolesConfig {
    /// Where the role comes from.
    pub source: RoleSource,
    /// Whether users whom Clerk has locked are refused. Strangers can cause a lock by guessing passwords.
    pub refuse_locked: bool,
    /// The oldest a role may be while Clerk answers, counted from before the look-up was sent.
    pub max_age: Duration,
    /// How much longer a known role is used while Clerk does not answer.
    pub grace: Duration,
    /// The least time between two look-ups of one caller.
    pub cool_down: Duration,
    /// The most callers whose role is remembered.
    pub capacity: u32,
}

/// Where the role of a caller comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleSource {
    /// Clerk is asked: a ban or another role counts within `max_age`, and within `grace` more while Clerk is down.
    Lookup,
    /// The token's claim `role`. Clerk is not asked: a ban or another role counts when the token has expired.
    Claim,
}

impl Value for RoleSource {
    const KIND: &'static str = "lookup or claim";

    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "lookup" => Ok(Self::Lookup),
            "claim" => Ok(Self::Claim),
            _ => Err("must be lookup or claim"),
        }
    }
}

impl RolesConfig {
    pub(super) fn read(source: &mut Source, clerk: &Result<ClerkConfig, Invalid>) -> Result<Self, Invalid> {
        let role_source = read_source(source, clerk);
        let refuse_locked = source.read(&REFUSE_LOCKED);
        let max_age = source.read(&MAX_AGE);
        let grace = source.read(&GRACE);
        let cool_down = cool_down::read(source, &COOL_DOWN, &MAX_AGE, &max_age);
        let capacity = source.read(&CAPACITY);
        Ok(Self {
            source: role_source?,
            refuse_locked: refuse_locked?,
            max_age: max_age?,
            grace: grace?,
            cool_down: cool_down?,
            capacity: capacity?,
        })
    }
}

/// Only the JWT template's tokens have a claim `role` that the operator has decided on.
fn read_source(source: &mut Source, clerk: &Result<ClerkConfig, Invalid>) -> Result<RoleSource, Invalid> {
    let role_source = source.read(&SOURCE)?;
    match clerk {
        Ok(clerk)
            if role_source == RoleSource::Claim && !clerk.tokens.classes.contains(&TokenClass::Template) =>
        {
            let problem = "claim needs tokens of the JWT template: add template to HEMERA_TOKENS__CLASSES";
            Err(source.refuse(&SOURCE, problem))
        }
        _ => Ok(role_source),
    }
}
