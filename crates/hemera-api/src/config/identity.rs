//! Settings of what leaves the service about a person.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret as _, SecretString};

use super::setting::{Setting, settings};
use super::source::{Invalid, Source};
use super::value::Value;

/// The fewest characters of a pseudonym key: 256 bits in hexadecimal are 64, in base64 43.
const LEAST_KEY: usize = 32;
/// The fewest different characters: 32 random hexadecimal digits have that many but once in some thousand times.
const LEAST_VARIETY: usize = 10;

settings! { SETTINGS:
    /// What the API shows of participants: full, or pseudonymous (a keyed hash of the user id, no name, no picture).
    PARTICIPANTS: Mode = Setting::at("identity.participant_identity").or("full");

    /// The key of that hash. Secret. The same key gives the same pseudonyms.
    PSEUDONYM_KEY: PseudonymKey = Setting::at("identity.pseudonym_key").secret();
}

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
    /// Whether the key of the pseudonyms was not made at random.
    pub(super) fn has_weak_key(&self) -> bool {
        match self {
            Self::Full => false,
            Self::Pseudonymous { key } => {
                let different: BTreeSet<char> = key.expose_secret().chars().collect();
                different.len() < LEAST_VARIETY
            }
        }
    }

    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let mode = source.read(&PARTICIPANTS);
        let key = source.find(&PSEUDONYM_KEY);
        match (mode?, key?) {
            (Mode::Full, _) => Ok(Self::Full),
            (Mode::Pseudonymous, Some(PseudonymKey(key))) => Ok(Self::Pseudonymous { key }),
            (Mode::Pseudonymous, None) => {
                Err(source.missing(&PSEUDONYM_KEY, "pseudonymous participants need it"))
            }
        }
    }
}

pub(super) enum Mode {
    Full,
    Pseudonymous,
}

impl Value for Mode {
    const KIND: &'static str = "full or pseudonymous";

    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "full" => Ok(Self::Full),
            "pseudonymous" => Ok(Self::Pseudonymous),
            _ => Err("must be full or pseudonymous"),
        }
    }
}

pub(super) struct PseudonymKey(SecretString);

impl Value for PseudonymKey {
    const KIND: &'static str = "at least 32 random characters";

    fn parse(text: &str) -> Result<Self, &'static str> {
        if text.chars().count() < LEAST_KEY {
            return Err("is too short; take at least 32 random characters");
        }
        Ok(Self(text.into()))
    }
}
