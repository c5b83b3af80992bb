//! Sealing: a token that leaves the process is encrypted and bound to the name of its entry.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::{Digest, Sha256};

/// AES-256.
const KEY_LEN: usize = 32;

/// Enough to tell the current key from the previous one; reveals nothing about either.
const ID_LEN: usize = 8;

/// The version of the format, which is the first byte of a sealed entry.
const FORMAT: u8 = 1;

/// The format byte and the key id, in front of the nonce and the ciphertext.
const HEAD_LEN: usize = 1 + ID_LEN;

/// A key that seals tokens: 32 random bytes that all processes have and the store does not.
///
/// It never prints.
#[derive(Clone)]
pub struct StoreKey {
    id: [u8; ID_LEN],
    key: Arc<RandomizedNonceKey>,
}

/// A text that is not a key. The error never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the base64 of 32 random bytes; make one with `openssl rand -base64 32`")]
pub struct InvalidStoreKey;

/// Sealing failed. AES-GCM refuses only inputs that are larger than any token.
#[derive(Debug, thiserror::Error)]
#[error("the token could not be sealed")]
pub(super) struct Unsealable;

impl StoreKey {
    /// Parses a key in base64.
    pub fn parse(text: &SecretString) -> Result<Self, InvalidStoreKey> {
        let bytes = STANDARD
            .decode(text.expose_secret())
            .map_err(|_| InvalidStoreKey)?;
        let bytes = SecretSlice::from(bytes);
        Self::of(bytes.expose_secret()).ok_or(InvalidStoreKey)
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != KEY_LEN {
            return None;
        }
        let digest = Sha256::new()
            .chain_update(b"aither token store: key id\0")
            .chain_update(bytes)
            .finalize();
        let mut id = [0; ID_LEN];
        id.copy_from_slice(digest.get(..ID_LEN)?);
        let key = Arc::new(RandomizedNonceKey::new(&AES_256_GCM, bytes).ok()?);
        Some(Self { id, key })
    }

    /// The data that the seal authenticates besides the token: an entry cannot be opened under another key or name.
    fn bound_to(&self, name: &str) -> Aad<Vec<u8>> {
        let mut bound = vec![FORMAT];
        bound.extend_from_slice(&self.id);
        bound.extend_from_slice(name.as_bytes());
        Aad::from(bound)
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(…)")
    }
}

/// The current key, and the previous one, which still opens entries while the new key is distributed to all processes.
#[derive(Clone, Debug)]
pub struct StoreKeys {
    current: StoreKey,
    previous: Option<StoreKey>,
}

impl StoreKeys {
    /// Seals and opens with `current`.
    pub const fn new(current: StoreKey) -> Self {
        Self {
            current,
            previous: None,
        }
    }

    /// Also opens entries that were sealed with `previous`.
    #[must_use]
    pub fn with_previous(mut self, previous: StoreKey) -> Self {
        self.previous = Some(previous);
        self
    }

    /// Returns `FORMAT`, key id, nonce and the encrypted `plain`.
    pub(super) fn seal(&self, name: &str, mut plain: Vec<u8>) -> Result<Vec<u8>, Unsealable> {
        let StoreKey { id, key } = &self.current;
        let nonce = key
            .seal_in_place_append_tag(self.current.bound_to(name), &mut plain)
            .map_err(|_| Unsealable)?;
        let mut sealed = Vec::with_capacity(HEAD_LEN + NONCE_LEN + plain.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(id);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.append(&mut plain);
        Ok(sealed)
    }

    /// Opens an entry that was sealed under this name with one of the keys; `None` for anything else.
    pub(super) fn open(&self, name: &str, sealed: &[u8]) -> Option<SecretSlice<u8>> {
        let (head, rest) = sealed.split_at_checked(HEAD_LEN)?;
        let (format, id) = head.split_first()?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE_LEN)?;
        let mut keys = [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten();
        let key = keys.find(|key| *format == FORMAT && key.id == id)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut opened = ciphertext.to_vec();
        let length = key
            .key
            .open_in_place(nonce, key.bound_to(name), &mut opened)
            .ok()?
            .len();
        opened.truncate(length);
        Some(SecretSlice::from(opened))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> StoreKey {
        StoreKey::parse(&SecretString::from(STANDARD.encode([byte; KEY_LEN]))).unwrap()
    }

    fn opened(keys: &StoreKeys, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        keys.open(name, sealed)
            .map(|plain| plain.expose_secret().to_vec())
    }

    #[test]
    fn entry_opens_only_under_its_name_and_key() {
        let keys = StoreKeys::new(key(1));
        let sealed = keys.seal("a", b"token".to_vec()).unwrap();
        assert_eq!(opened(&keys, "a", &sealed).as_deref(), Some(&b"token"[..]));
        assert_eq!(opened(&keys, "b", &sealed), None);
        assert_eq!(opened(&StoreKeys::new(key(2)), "a", &sealed), None);
    }

    #[test]
    fn changed_or_truncated_entries_do_not_open() {
        let keys = StoreKeys::new(key(1));
        let sealed = keys.seal("a", b"token".to_vec()).unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(opened(&keys, "a", &changed), None, "byte {index}");
            assert_eq!(opened(&keys, "a", &sealed[..index]), None, "cut at {index}");
        }
    }

    #[test]
    fn previous_key_opens_and_does_not_seal() {
        let (old, new) = (StoreKeys::new(key(1)), StoreKeys::new(key(2)));
        let both = new.clone().with_previous(key(1));
        let sealed = old.seal("a", b"old".to_vec()).unwrap();
        assert_eq!(opened(&both, "a", &sealed).as_deref(), Some(&b"old"[..]));
        let sealed = both.seal("a", b"new".to_vec()).unwrap();
        assert_eq!(opened(&new, "a", &sealed).as_deref(), Some(&b"new"[..]));
    }

    #[test]
    fn sealing_twice_gives_different_bytes() {
        let keys = StoreKeys::new(key(1));
        let seal = || keys.seal("a", b"token".to_vec()).unwrap();
        let (one, two) = (seal(), seal());
        assert_eq!(one[..HEAD_LEN], two[..HEAD_LEN]);
        assert_ne!(
            one[HEAD_LEN..HEAD_LEN + NONCE_LEN],
            two[HEAD_LEN..HEAD_LEN + NONCE_LEN]
        );
    }

    #[test]
    fn key_has_32_bytes_and_does_not_print() {
        for text in ["", "geheim", &STANDARD.encode([7; 31]), &STANDARD.encode([7; 33])] {
            let error = StoreKey::parse(&SecretString::from(text)).unwrap_err();
            assert!(error.to_string().contains("openssl rand -base64 32"));
        }
        assert_eq!(format!("{:?}", key(7)), "StoreKey(…)");
    }
}
