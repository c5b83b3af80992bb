//! Service keys: the way in when Clerk cannot be used. Off unless configured.

use std::fmt;
use std::sync::Arc;

use permissions::Role;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

use super::error::{AuthError, Refusal};
use super::{Caller, CredentialId, Proof};
use crate::config::ServiceKeyConfig;

/// The configured keys, as hashes.
pub(super) struct ServiceKeys(Vec<KnownKey>);

struct KnownKey {
    name: Arc<str>,
    subject: Arc<str>,
    sha256: [u8; 32],
    expires: Option<OffsetDateTime>,
}

impl ServiceKeys {
    pub(super) fn new(configured: &[ServiceKeyConfig]) -> Self {
        let known = |key: &ServiceKeyConfig| KnownKey {
            name: key.name.as_str().into(),
            subject: key.subject.as_str().into(),
            sha256: key.sha256,
            expires: key.expires,
        };
        Self(configured.iter().map(known).collect())
    }

    /// The caller that a key belongs to. Every configured hash is compared, each in constant time, so that the time
    /// taken says nothing about which one came close. A key is good until just before it expires.
    pub(super) fn authenticate(&self, presented: &str, now: OffsetDateTime) -> Result<Caller, AuthError> {
        let hash: [u8; 32] = Sha256::digest(presented.as_bytes()).into();
        let mut found = None;
        for known in &self.0 {
            if known.sha256.ct_eq(&hash).into() {
                found = Some(known);
            }
        }
        let known = found.ok_or_else(|| Refusal::UnknownServiceKey.without_token())?;
        if known.expires.is_some_and(|end| now >= end) {
            return Err(Refusal::ExpiredServiceKey.without_token());
        }
        Ok(Caller {
            subject: Arc::clone(&known.subject),
            role: Role::ApiClient,
            proof: Proof::ServiceKey {
                name: Arc::clone(&known.name),
            },
            credential: CredentialId::default(),
        })
    }
}

impl fmt::Debug for ServiceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|known| &known.name))
            .finish()
    }
}
