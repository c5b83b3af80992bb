//! Settings of the role look-up at Clerk.

use std::time::Duration;

use super::key;
use super::source::Source;

/// How fresh a caller's role is kept.
#[derive(Clone, Copy, Debug)]
pub struct RolesConfig {
    /// The oldest a role may be while Clerk answers, counted from before the look-up was sent.
    pub max_age: Duration,
    /// How much longer a known role is used while Clerk does not answer.
    pub grace: Duration,
    /// The least time between two look-ups of one caller.
    pub cool_down: Duration,
    /// The most callers whose role is remembered.
    pub capacity: u32,
}

impl RolesConfig {
    pub(super) fn take(source: &mut Source) -> Self {
        let hour = Duration::from_hours(1);
        Self {
            max_age: source.span(&key::ROLES_MAX_AGE, Duration::from_millis(1), hour),
            grace: source.span(&key::ROLES_GRACE, Duration::ZERO, hour),
            cool_down: source.span(&key::ROLES_COOL_DOWN, Duration::ZERO, hour),
            capacity: source.number(&key::ROLES_CAPACITY, 1, 10_000_000),
        }
    }
}
