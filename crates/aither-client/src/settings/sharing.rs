//! The shared token store from the settings.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::environment::Environment;
use crate::token::{SharedStore, StoreKey, StoreKeys, TokenStore};

const STORE: &str = "AITHER_TOKEN_STORE";

/// The value that shares no tokens.
const MEMORY: &str = "memory";

/// The store through which tokens are shared; `None` if they are not, or if there are faults.
pub(super) fn of(environment: &mut Environment<'_>) -> Option<SharedStore> {
    let address = environment.optional_secret(STORE, |text| Ok::<_, &str>(text.clone()))?;
    if address.expose_secret() == MEMORY {
        return None;
    }
    let store = environment.accept(STORE, store(&address));
    let current = environment.secret("AITHER_TOKEN_STORE_KEY", StoreKey::parse);
    let previous = environment.optional_secret("AITHER_TOKEN_STORE_PREVIOUS_KEY", StoreKey::parse);
    let keys = StoreKeys::new(current?);
    Some(SharedStore {
        store: store?,
        keys: match previous {
            Some(previous) => keys.with_previous(previous),
            None => keys,
        },
    })
}

#[cfg(feature = "redis")]
fn store(url: &SecretString) -> Result<Arc<dyn TokenStore>, crate::token::InvalidRedisUrl> {
    crate::token::RedisTokenStore::parse(url).map(|store| Arc::new(store) as Arc<dyn TokenStore>)
}

#[cfg(not(feature = "redis"))]
fn store(_: &SecretString) -> Result<Arc<dyn TokenStore>, &'static str> {
    Err("must be memory: this program was built without Redis; build aither-client with its feature redis")
}

/// Name of the shared store entry: a hash of all settings that determine the token, secrets included. Not reversible.
pub(super) fn name(parts: &[&str]) -> String {
    let mut digest = Sha256::new_with_prefix(b"aither token store: name\0");
    for part in parts {
        // With its length, so that different lists never hash the same bytes.
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    hex::encode(&digest.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_settings_have_different_names() {
        let names = [&["ab", "c"][..], &["a", "bc"], &["abc"], &["ab", "c", ""]].map(name);
        for (index, name) in names.iter().enumerate() {
            assert!(!names[..index].contains(name), "{name}");
            assert_eq!(name.len(), 32);
        }
        assert_eq!(names[0], name(&["ab", "c"]));
    }
}
