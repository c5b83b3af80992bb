//! A token as it goes through the store: with its end, and what is left of it for who reads it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{StoreKeys, Stored};
use crate::token::{Token, TokenError};

/// From here on a token is aging, as in [`freshness::Policy`]: whoever comes first makes another.
const LEAD_CAP: Duration = Duration::from_mins(2);
const LEAD_SHARE: u32 = 5;

/// With no more left than this a token is as good as over: it would end on its way.
const REST_CAP: Duration = Duration::from_secs(5);
const REST_SHARE: u32 = 10;

/// What a token is recognized by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(token: &Token) -> Option<Self> {
        token.jwt().map(|jwt| Self(Sha256::digest(jwt).into()))
    }
}

/// A token that was found.
pub(super) struct Entry {
    pub(super) token: Token,
    pub(super) fingerprint: Fingerprint,
    pub(super) is_fresh: bool,
}

/// What is sealed. Times are milliseconds, the end counted from 1970.
#[derive(Serialize, Deserialize)]
struct Written {
    jwt: String,
    lifetime: u64,
    ends_at: u64,
}

/// What is there cannot be opened, or is no token.
#[derive(Debug)]
pub(super) struct Unreadable;

impl Entry {
    /// What there is to a stored entry at `now`; `None` where its life is over.
    ///
    /// What is left is what the store's clock says, which all share; but never more than what this machine's says, so
    /// that who keeps the store cannot make a token live longer.
    pub(super) fn open(
        keys: &StoreKeys,
        name: &str,
        stored: &Stored,
        now: SystemTime,
    ) -> Result<Option<Self>, Unreadable> {
        let plain = keys.open(name, &stored.sealed).ok_or(Unreadable)?;
        let Written {
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
        let token = Token::bearer(&jwt, left).map_err(|_| Unreadable)?;
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

/// Seals a token that lives for `lifetime` from `since`; `None` for one that never ends, which nobody needs to share.
pub(super) fn seal(
    keys: &StoreKeys,
    name: &str,
    token: &Token,
    since: SystemTime,
) -> Option<Result<Vec<u8>, TokenError>> {
    let (jwt, lifetime) = (token.jwt()?, token.lifetime()?);
    let ends_at = since.duration_since(UNIX_EPOCH).ok()?.checked_add(lifetime)?;
    let written = Written {
        jwt: jwt.to_owned(),
        lifetime: millis(lifetime),
        ends_at: millis(ends_at),
    };
    let plain = serde_json::to_vec(&written).map_err(TokenError::permanent);
    Some(plain.and_then(|plain| keys.seal(name, plain).map_err(TokenError::permanent)))
}

/// Downwards, so that nothing lives longer for it.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
