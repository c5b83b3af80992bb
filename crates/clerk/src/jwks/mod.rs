//! The keys that tokens are verified with: fetched and kept fresh, or given once.

mod activity;
mod document;
mod key;
mod pem;
mod remote;
mod source;
mod waiting;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;

pub use self::activity::KeySetActivity;
use self::key::Keys;
pub(crate) use self::key::{Signed, Verdict};
pub use self::pem::InvalidPem;
use self::remote::RemoteKeys;
pub use self::source::KeySource;
use crate::error::Error;
use crate::jwk_set::JwkSet;

/// The public keys of one Clerk instance. Cloning is cheap; clones share what was fetched.
#[derive(Clone)]
pub struct KeySet(Inner);

#[derive(Clone)]
enum Inner {
    Remote(RemoteKeys),
    Fixed(Arc<Keys>),
}

/// How long fetched keys are trusted, and how often they may be fetched.
///
/// A key that Clerk withdraws is refused after `max_age` at the latest while Clerk answers, and after
/// `max_age + grace` while it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySetPolicy {
    /// Keys are fetched again when they are this old. Default: 5 minutes.
    pub max_age: Duration,
    /// How much longer they serve while no newer ones can be had. Default: one hour.
    pub grace: Duration,
    /// A token with an unknown key id, or with a bad signature, may cause a fetch, but none within this time of the
    /// one before. Default: 30 seconds.
    pub window: Duration,
    /// After a failed fetch there is none for this long. Default: 2 seconds, so that a server that starts before
    /// Clerk can be reached recovers soon after.
    pub cool_down: Duration,
    /// How long one fetch may take. Default: 5 seconds.
    pub deadline: Duration,
    /// How many checks may wait for a fetch at the same time, apart from those of tokens that a known key has signed; one
    /// more is [`VerifyError::TooManyWait`](crate::VerifyError::TooManyWait). Default: 256.
    pub most_waiting: usize,
}

/// There are no keys to verify with: none were ever fetched, or the last are too old. Not the token's fault.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", self.summary())]
pub struct KeysUnavailable {
    /// When another fetch may be tried.
    pub retry_in: Duration,
    /// Why the last one failed, where it came that far.
    #[source]
    pub source: Option<Error>,
}

/// Why a signature could not be checked. Not the token's fault.
#[derive(Clone, Debug)]
pub(crate) enum SignatureUnchecked {
    /// There are no keys.
    Unavailable(KeysUnavailable),
    /// As many checks wait for a fetch as may.
    TooManyWait,
}

impl KeysUnavailable {
    fn summary(&self) -> &'static str {
        if self.source.as_ref().is_some_and(Error::is_unauthorized) {
            "Clerk refuses to show its key set; set CLERK_SECRET_KEY to a secret key of the instance that issues the tokens"
        } else {
            "Clerk's key set is out of reach; check the network and CLERK_API_URL or CLERK_ISSUER"
        }
    }
}

impl From<KeysUnavailable> for SignatureUnchecked {
    fn from(unavailable: KeysUnavailable) -> Self {
        Self::Unavailable(unavailable)
    }
}

impl KeySet {
    /// Keys that are fetched on first use (or by [`KeySet::warm`]) and then kept fresh.
    pub fn remote(source: KeySource, policy: KeySetPolicy, clock: Arc<dyn Clock>) -> Self {
        Self(Inner::Remote(RemoteKeys::new(source, policy, clock)))
    }

    /// The one key of `CLERK_JWT_KEY`: an RSA public key of 2048 bits or more as PEM, or its base64 body in one line.
    /// It serves any key id, and there is no network in it.
    pub fn fixed_pem(pem: &str) -> Result<Self, InvalidPem> {
        Ok(Self(Inner::Fixed(Arc::new(pem::parse(pem)?))))
    }

    /// Fetches the keys before the first token arrives.
    pub async fn warm(&self) -> Result<(), KeysUnavailable> {
        match &self.0 {
            Inner::Remote(remote) => remote.current().await.map(drop),
            Inner::Fixed(_) => Ok(()),
        }
    }

    /// Whether there are keys at hand. Causes no fetch.
    pub fn is_ready(&self) -> bool {
        match &self.0 {
            Inner::Remote(remote) => remote.is_ready(),
            Inner::Fixed(_) => true,
        }
    }

    /// Whether one of these keys is among the published ones: then both are of one instance. `None` where no keys are at
    /// hand. Causes no fetch.
    pub fn shares_a_key_with(&self, published: &JwkSet) -> Option<bool> {
        let published = document::usable_keys(published);
        match &self.0 {
            Inner::Remote(remote) => Some(remote.last()?.shares_one_with(&published)),
            Inner::Fixed(keys) => Some(keys.shares_one_with(&published)),
        }
    }

    /// Whether two documents have a key in common: then both are of one instance.
    pub fn have_a_key_in_common(one: &JwkSet, other: &JwkSet) -> bool {
        document::usable_keys(one).shares_one_with(&document::usable_keys(other))
    }

    /// What was fetched so far, and how old it is. Causes no fetch.
    pub fn activity(&self) -> KeySetActivity {
        match &self.0 {
            Inner::Remote(remote) => remote.log.activity(),
            Inner::Fixed(_) => KeySetActivity::default(),
        }
    }

    /// Checks a signature. An unknown key id, or a bad signature under a known one (Clerk's key id is the id of the
    /// instance, so a new key may come under the old id), is checked again with newer keys, where the window allows
    /// to look for them.
    pub(crate) async fn check(&self, signed: &Signed<'_>) -> Result<Verdict, SignatureUnchecked> {
        match &self.0 {
            Inner::Fixed(keys) => Ok(keys.check(signed)),
            Inner::Remote(remote) => remote.check(signed).await,
        }
    }
}

impl Default for KeySetPolicy {
    fn default() -> Self {
        Self {
            max_age: Duration::from_mins(5),
            grace: Duration::from_hours(1),
            window: Duration::from_secs(30),
            cool_down: Duration::from_secs(2),
            deadline: Duration::from_secs(5),
            most_waiting: 256,
        }
    }
}

impl KeySetPolicy {
    /// See [`KeySetPolicy::max_age`].
    #[must_use]
    pub fn with_max_age(self, max_age: Duration) -> Self {
        Self { max_age, ..self }
    }

    /// See [`KeySetPolicy::grace`].
    #[must_use]
    pub fn with_grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// See [`KeySetPolicy::window`].
    #[must_use]
    pub fn with_window(self, window: Duration) -> Self {
        Self { window, ..self }
    }

    /// See [`KeySetPolicy::cool_down`].
    #[must_use]
    pub fn with_cool_down(self, cool_down: Duration) -> Self {
        Self { cool_down, ..self }
    }

    /// See [`KeySetPolicy::deadline`].
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// See [`KeySetPolicy::most_waiting`].
    #[must_use]
    pub fn with_most_waiting(self, most_waiting: usize) -> Self {
        Self { most_waiting, ..self }
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = match &self.0 {
            Inner::Remote(_) => "remote",
            Inner::Fixed(_) => "fixed",
        };
        f.debug_struct("KeySet")
            .field("origin", &origin)
            .field("is_ready", &self.is_ready())
            .finish()
    }
}
