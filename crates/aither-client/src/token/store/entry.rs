//! A token in the store: how it is written, and how much of its lifetime is left for a reader.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{SealedEntry, StoreError, StoreKeys};
use crate::token::Token;

/// With this much left or less a token is aging, as in [`freshness::Policy`]: the first process to read it mints another.
const LEAD_CAP: Duration = Duration::from_mins(2);
const LEAD_SHARE: u32 = 5;

/// With this much left or less a token is not used: it could expire on its way to Hemera.
const REST_CAP: Duration = Duration::from_secs(5);
const REST_SHARE: u32 = 10;

/// A hash that identifies a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(token: &Token) -> Option<Self> {
        token.jwt().map(|jwt| Self(Sha256::digest(jwt).into()))
    }
}

/// A token from the store.
pub(super) struct Entry {
    pub(super) token: Token,
    pub(super) fingerprint: Fingerprint,
    pub(super) is_fresh: bool,
}

/// The content of a sealed entry. Times are in milliseconds; `ends_at` counts from 1970.
#[derive(Serialize, Deserialize)]
struct Content {
    jwt: String,
    lifetime: u64,
    ends_at: u64,
}

/// An entry that cannot be opened, or contains no token.
#[derive(Debug)]
pub(super) struct Unreadable;

impl Entry {
    /// Opens a sealed entry at `now`; `None` if its token has expired.
    ///
    /// The rest of the lifetime comes from the store's clock, which all processes share, but is never more than this
    /// machine's clock says, so that the store cannot make a token last longer.
    pub(super) fn open(
        keys: &StoreKeys,
        name: &str,
        stored: &SealedEntry,
        now: SystemTime,
    ) -> Result<Option<Self>, Unreadable> {
        let plain = keys.open(name, &stored.sealed).ok_or(Unreadable)?;
        let Content {
            jwt,
            lifetime,
            ends_at,
        } = serde_json::from_slice(plain.expose_secret()).map_err(|_| Unreadable)?;
        let (jwt, lifetime) = (SecretString::from(jwt), Duration::from_millis(lifetime));
        let ends_at = UNIX_EPOCH
            .checked_add(Duration::from_millis(ends_at))
            .ok_or(Unreadable)?;
        let left = ends_at
            .duration_since(now)
            .unwrap_or_default()
            .min(stored.left)
            .min(lifetime);
        let token = Token::from_store(&jwt, left).map_err(|_| Unreadable)?;
        let fingerprint = Fingerprint::of(&token).ok_or(Unreadable)?;
        if left <= REST_CAP.min(lifetime / REST_SHARE) {
            return Ok(None);
        }
        Ok(Some(Self {
            token,
            fingerprint,
            is_fresh: left > LEAD_CAP.min(lifetime / LEAD_SHARE),
        }))
    }
}

/// Seals a token whose lifetime started at `since`; `None` for a token that does not expire, which need not be shared.
pub(super) fn seal(
    keys: &StoreKeys,
    name: &str,
    token: &Token,
    since: SystemTime,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(content) = Content::of(token, since) else {
        return Ok(None);
    };
    let plain = serde_json::to_vec(&content).map_err(StoreError::new)?;
    keys.seal(name, plain).map(Some).map_err(StoreError::new)
}

impl Content {
    fn of(token: &Token, since: SystemTime) -> Option<Self> {
        let (jwt, lifetime) = (token.jwt()?, token.lifetime()?);
        let ends_at = since.duration_since(UNIX_EPOCH).ok()?.checked_add(lifetime)?;
        Some(Self {
            jwt: jwt.to_owned(),
            lifetime: millis(lifetime),
            ends_at: millis(ends_at),
        })
    }
}

/// Rounded down, so that no lifetime gets longer.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
