//! Keyed hashes in place of user ids.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};

/// Makes pseudonyms with one key.
///
/// HMAC-SHA-256 of the id: without the key no one can find out whose pseudonym it is, not even by trying all ids.
#[derive(Clone)]
pub(crate) struct Pseudonyms {
    key: Arc<hmac::Key>,
}

impl Pseudonyms {
    /// Pseudonyms of this key. Its length is the configuration's to check.
    pub(crate) fn new(key: &SecretString) -> Self {
        Self {
            key: Arc::new(hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret().as_bytes())),
        }
    }

    /// The pseudonym of an id: 43 characters, all of them allowed in an id.
    pub(super) fn of(&self, user_id: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, user_id.as_bytes()))
    }
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonyms(key not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::academy::identity::Identity;

    const KEY: &str = "a key of at least 32 characters.";

    fn pseudonymous(key: &str) -> Identity {
        Identity::Pseudonymous(Pseudonyms::new(&SecretString::from(key)))
    }

    #[test]
    fn a_person_becomes_a_keyed_hash_without_name_and_picture() {
        let person = pseudonymous(KEY)
            .person("user_1".into(), Some("Anna".into()), Some("https://…".into()))
            .unwrap();

        // Computed with: printf user_1 | openssl dgst -sha256 -hmac "$KEY" -binary | basenc --base64url
        assert_eq!(
            person.user_id.as_str(),
            "9XA1_-hbulDVxDNKu-ZdZ-5TAQhEfX0vKNo1CA2vOTI"
        );
        assert_eq!((person.name, person.image_url), (None, None));
    }

    #[test]
    fn a_pseudonym_is_stable_per_key_and_another_with_another() {
        let of = |key: &str, id: &str| pseudonymous(key).user_id(id.into()).unwrap();

        assert_eq!(of(KEY, "user_1"), of(KEY, "user_1"));
        assert_ne!(of(KEY, "user_1"), of(KEY, "user_2"));
        assert_ne!(
            of(KEY, "user_1"),
            of("another key of 32 characters or more", "user_1")
        );
    }

    #[test]
    fn the_key_never_prints() {
        assert!(!format!("{:?}", pseudonymous(KEY)).contains("a key of"));
    }
}
