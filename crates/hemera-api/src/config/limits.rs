//! Settings of the rate limits.

use std::num::NonZeroU32;
use std::time::Duration;

use super::key::{self, Key};
use super::source::Source;

/// How many requests a window admits, and how many of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests per window in the long run.
    pub rate: NonZeroU32,
    /// Requests that are admitted at once after a rest.
    pub burst: NonZeroU32,
}

/// The limits per role, and of failed authentications per address.
#[derive(Clone, Copy, Debug)]
pub struct LimitsConfig {
    /// The window that rates count in.
    pub window: Duration,
    /// Each caller with the role `api-client`.
    pub api_client: Quota,
    /// Each caller with the role `admin`.
    pub admin: Quota,
    /// Each address whose credentials fail.
    pub failed_auth: Quota,
}

impl LimitsConfig {
    pub(super) fn take(source: &mut Source) -> Self {
        Self {
            window: source.span(
                &key::LIMITS_WINDOW,
                Duration::from_millis(10),
                Duration::from_hours(24),
            ),
            api_client: quota(
                source,
                &key::LIMITS_API_CLIENT_RATE,
                &key::LIMITS_API_CLIENT_BURST,
            ),
            admin: quota(source, &key::LIMITS_ADMIN_RATE, &key::LIMITS_ADMIN_BURST),
            failed_auth: quota(
                source,
                &key::LIMITS_FAILED_AUTH_RATE,
                &key::LIMITS_FAILED_AUTH_BURST,
            ),
        }
    }
}

fn quota(source: &mut Source, rate: &Key, burst: &Key) -> Quota {
    let number = |source: &mut Source, key| {
        NonZeroU32::new(source.number(key, 1, 1_000_000)).unwrap_or(NonZeroU32::MIN)
    };
    Quota {
        rate: number(source, rate),
        burst: number(source, burst),
    }
}
