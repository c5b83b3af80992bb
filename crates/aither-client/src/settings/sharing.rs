//! The shared token store that the settings describe.

use std::fmt::Write as _;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::environment::Environment;
use crate::token::{Sharing, StoreKey, StoreKeys, TokenStore};

const STORE: &str = "AITHER_TOKEN_STORE";

/// What keeps tokens within the process, as every client does.
const MEMORY: &str = "memory";

/// Where tokens are shared; `None` where they are not, or where there are faults.
pub(super) fn of(environment: &mut Environment<'_>) -> Option<Sharing> {
    let told = environment.optional_secret(STORE, |text| Ok::<_, &str>(text.clone()))?;
    if told.expose_secret() == MEMORY {
        return None;
    }
    let store = environment.accept(STORE, store(&told));
    let current = environment.secret("AITHER_TOKEN_STORE_KEY", StoreKey::parse);
    let previous = environment.optional_secret("AITHER_TOKEN_STORE_PREVIOUS_KEY", StoreKey::parse);
    let keys = StoreKeys::new(current?);
    Some(Sharing {
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

/// Whose tokens they are, for whoever has the same settings; for nobody else it says anything. What tells one from
/// another goes in, secrets too: it cannot be found from what comes out.
pub(super) fn name(parts: &[&str]) -> String {
    let mut digest = Sha256::new_with_prefix(b"aither token store: name\0");
    for part in parts {
        // With its length, so that no two lists run together to the same bytes.
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let digest = digest.finalize();
    digest.iter().take(16).fold(String::new(), |mut name, byte| {
        // Writing into a String cannot fail.
        let _ = write!(name, "{byte:02x}");
        name
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_settings_make_another_name_wherever_they_are_cut() {
        let names = [&["ab", "c"][..], &["a", "bc"], &["abc"], &["ab", "c", ""]].map(name);
        for (index, name) in names.iter().enumerate() {
            assert!(!names[..index].contains(name), "{name}");
            assert_eq!(name.len(), 32);
        }
        assert_eq!(names[0], name(&["ab", "c"]));
    }
}
