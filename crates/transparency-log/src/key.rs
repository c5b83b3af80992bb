//! The keys of a log, in the text forms of signed notes.

use std::fmt;

use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use signed_note::{Signature, StandardVerifier, is_key_name_valid, key_id};
use zeroize::Zeroizing;

use crate::error::Error;

/// The first byte of a key: Ed25519.
const ED25519: u8 = 1;

/// The key that checkpoints are signed with. Its secret is erased when it is dropped, and never prints.
pub struct SigningKey {
    name: String,
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// A new key under this name.
    ///
    /// # Errors
    /// [`Error::BadName`], and [`Error::Cryptography`] where there are no random numbers.
    pub fn generate(name: &str) -> Result<Self, Error> {
        let mut seed = Zeroizing::new([0; 32]);
        rand::fill(seed.as_mut_slice()).map_err(|_| Error::Cryptography)?;
        Self::new(name, seed)
    }

    /// Reads the form `PRIVATE+KEY+name+id+key`.
    ///
    /// # Errors
    /// [`Error::NoSigningKey`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let rest = text.trim().strip_prefix("PRIVATE+KEY+");
        let (name, rest) = rest
            .and_then(|rest| rest.split_once('+'))
            .ok_or(Error::NoSigningKey)?;
        let (id, key) = rest.split_once('+').ok_or(Error::NoSigningKey)?;
        let mut decoded = Zeroizing::new([0; 33]);
        let length = STANDARD.decode_slice(key, decoded.as_mut_slice());
        let (Ok(33), [ED25519, seed @ ..]) = (length, &*decoded) else {
            return Err(Error::NoSigningKey);
        };
        let mut own = Zeroizing::new([0; 32]);
        own.copy_from_slice(seed);
        let key = Self::new(name, own).map_err(|_| Error::NoSigningKey)?;
        if format!("{:08x}", key_id(name, &key.public())) == id {
            Ok(key)
        } else {
            Err(Error::NoSigningKey)
        }
    }

    fn new(name: &str, seed: Zeroizing<[u8; 32]>) -> Result<Self, Error> {
        if !is_key_name_valid(name) {
            return Err(Error::BadName);
        }
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| Error::Cryptography)?;
        Ok(Self {
            name: name.to_owned(),
            seed,
            pair,
        })
    }

    /// The name in its text.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text that [`SigningKey::parse`] reads. It is the secret.
    pub fn secret_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([ED25519; 33]);
        let [_, seed @ ..] = &mut *bytes;
        seed.copy_from_slice(self.seed.as_slice());
        let id = key_id(&self.name, &self.public());
        let key = Zeroizing::new(STANDARD.encode(bytes.as_slice()));
        Zeroizing::new(format!("PRIVATE+KEY+{}+{id:08x}+{}", self.name, *key))
    }

    /// The key that checkpoints of this origin are verified with.
    ///
    /// # Errors
    /// [`Error::BadName`].
    pub fn verifier(&self, origin: &str) -> Result<VerifierKey, Error> {
        let public = self.public();
        let id = key_id(origin, &public);
        VerifierKey::parse(&format!("{origin}+{id:08x}+{}", STANDARD.encode(public)))
            .map_err(|_| Error::BadName)
    }

    /// The public key after the byte that names its kind.
    fn public(&self) -> [u8; 33] {
        let mut public = [ED25519; 33];
        let [_, key @ ..] = &mut public;
        key.copy_from_slice(self.pair.public_key().as_ref());
        public
    }

    /// The signature of a text, under the name of an origin.
    pub(crate) fn sign(&self, origin: &str, text: &[u8]) -> Result<Signature, Error> {
        let signature = self.pair.sign(text).as_ref().to_vec();
        let id = key_id(origin, &self.public());
        Signature::new(origin.to_owned(), id, signature).map_err(|_| Error::BadName)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The key that checkpoints of one origin are verified with: `origin+id+key`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    text: String,
    origin: String,
}

impl VerifierKey {
    /// Reads the form `origin+id+key`.
    ///
    /// # Errors
    /// [`Error::NoVerifierKey`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        StandardVerifier::new(text).map_err(|_| Error::NoVerifierKey)?;
        let (origin, _) = text.split_once('+').ok_or(Error::NoVerifierKey)?;
        Ok(Self {
            text: text.to_owned(),
            origin: origin.to_owned(),
        })
    }

    /// The origin of the log: the name of the key.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// `origin+id+key`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether both are one key, which may have another name in another epoch.
    pub fn is_same_key(&self, other: &Self) -> bool {
        let key = |text: &'_ str| text.rsplit_once('+').map(|(_, key)| key.to_owned());
        key(&self.text) == key(&other.text)
    }

    pub(crate) fn standard(&self) -> Result<StandardVerifier, Error> {
        StandardVerifier::new(&self.text).map_err(|_| Error::NoVerifierKey)
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifierKey").field(&self.text).finish()
    }
}
