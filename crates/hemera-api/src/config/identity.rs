//! Settings of what leaves the service about a person.

use secrecy::{ExposeSecret, SecretString};

use super::key;
use super::setting::Setting;
use super::source::Source;

/// The fewest characters of a pseudonym key: 256 bits in hexadecimal are 64, in base64 43.
const LEAST_KEY: usize = 32;

/// What of a participant's identity the API shows.
#[derive(Clone, Debug)]
pub enum IdentityConfig {
    /// The user's id, name and picture.
    Full,
    /// A keyed hash in place of the user's id, and neither name nor picture.
    Pseudonymous {
        /// The key of the hash. The same key gives the same pseudonyms.
        key: SecretString,
    },
}

impl IdentityConfig {
    pub(super) fn take(source: &mut Source) -> Self {
        let key = source.secret(&key::IDENTITY_PSEUDONYM_KEY);
        if key
            .as_ref()
            .is_some_and(|key| key.expose_secret().chars().count() < LEAST_KEY)
        {
            source.fault(
                &key::IDENTITY_PSEUDONYM_KEY,
                "is too short; take at least 32 random characters",
            );
        }
        match (source.take(&key::IDENTITY_PARTICIPANTS), key) {
            (Some(Mode::Pseudonymous), Some(key)) => Self::Pseudonymous { key },
            (Some(Mode::Pseudonymous), None) => {
                source.missing(&key::IDENTITY_PSEUDONYM_KEY, "pseudonymous participants need it");
                Self::Full
            }
            (Some(Mode::Full) | None, _) => Self::Full,
        }
    }
}

enum Mode {
    Full,
    Pseudonymous,
}

impl Setting for Mode {
    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "full" => Ok(Self::Full),
            "pseudonymous" => Ok(Self::Pseudonymous),
            _ => Err("must be full or pseudonymous"),
        }
    }
}
