//! Settings of the callers' roles.

use std::time::Duration;

use super::setting::Setting;
use super::source::Source;
use super::{cool_down, key};

/// Where a caller's role comes from, and how fresh it is kept.
#[derive(Clone, Copy, Debug)]
pub struct RolesConfig {
    /// Who tells the role.
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

/// Who tells the role of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleSource {
    /// Clerk is asked: a ban or another role counts within `max_age`, and within `grace` more while Clerk is down.
    Lookup,
    /// The token's claim `role`. Nobody is asked: a ban or another role counts when the token has expired.
    Claim,
}

impl Setting for RoleSource {
    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "lookup" => Ok(Self::Lookup),
            "claim" => Ok(Self::Claim),
            _ => Err("must be lookup or claim"),
        }
    }
}

impl RolesConfig {
    pub(super) fn take(source: &mut Source) -> Self {
        let hour = Duration::from_hours(1);
        let max_age = source.span(&key::ROLES_MAX_AGE, Duration::from_millis(1), hour);
        Self {
            source: source.take(&key::ROLES_SOURCE).unwrap_or(RoleSource::Lookup),
            refuse_locked: source.flag(&key::ROLES_REFUSE_LOCKED),
            max_age,
            grace: source.span(&key::ROLES_GRACE, Duration::ZERO, hour),
            cool_down: cool_down::take(
                source,
                &key::ROLES_COOL_DOWN,
                hour,
                (&key::ROLES_MAX_AGE, max_age),
            ),
            capacity: source.number(&key::ROLES_CAPACITY, 1, 10_000_000),
        }
    }
}
