//! Keys ready for use: parsed once, found by id.

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use parking_lot::Mutex;

/// RS256 with less is not worth checking; the cryptography below refuses it, too.
const MIN_BITS: usize = 2048;

/// The largest that the cryptography below takes.
const MAX_BITS: usize = 8192;

/// One RSA public key.
pub(super) struct Key {
    /// `None` serves any id.
    id: Option<String>,
    key: DecodingKey,
}

/// All keys of a set.
pub(super) struct Keys(Vec<Key>);

/// The last keys that were fetched, however old: to know a token of theirs from any other, never to accept it.
pub(super) type LastFetched = Arc<Mutex<Option<Arc<Keys>>>>;

/// What a signature says: this message, under this key id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) key_id: &'a str,
    pub(crate) message: &'a str,
    pub(crate) signature: &'a str,
}

/// The outcome of the check of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    UnknownKey,
    BadSignature,
}

impl Key {
    /// `None` where the numbers cannot be an RSA key of a fitting size.
    pub(super) fn rsa(id: Option<String>, modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let (modulus, exponent) = (without_leading_zeros(modulus), without_leading_zeros(exponent));
        let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
        let fits = (MIN_BITS..=MAX_BITS).contains(&bits(modulus)) && is_odd(modulus);
        // An exponent of 1 would let anyone sign; one of more than 33 bits is refused by the cryptography below.
        let exponent_fits = (2..=33).contains(&bits(exponent)) && is_odd(exponent);
        (fits && exponent_fits).then(|| Self {
            id,
            key: DecodingKey::from_rsa_raw_components(modulus, exponent),
        })
    }
}

impl Key {
    /// The same numbers, under whatever id.
    fn is_same_as(&self, other: &Self) -> bool {
        match (self.key.kind(), other.key.kind()) {
            (
                DecodingKeyKind::RsaModulusExponent { n, e },
                DecodingKeyKind::RsaModulusExponent {
                    n: others_n,
                    e: others_e,
                },
            ) => n == others_n && e == others_e,
            _ => false,
        }
    }
}

impl Keys {
    pub(super) fn published(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    pub(super) fn single(key: Key) -> Self {
        Self(vec![key])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a key of these is among those.
    pub(super) fn shares_one_with(&self, others: &Self) -> bool {
        let is_known = |one: &Key| others.0.iter().any(|other| one.is_same_as(other));
        self.0.iter().any(is_known)
    }

    /// Two keys may share an id while Clerk changes them: any of them may have signed.
    pub(super) fn check(&self, signed: &Signed<'_>) -> Verdict {
        let mut verdict = Verdict::UnknownKey;
        for Key { id, key } in &self.0 {
            if id.as_deref().is_none_or(|id| id == signed.key_id) {
                if signs(key, signed) {
                    return Verdict::Good;
                }
                verdict = Verdict::BadSignature;
            }
        }
        verdict
    }
}

/// The algorithm is ours, never the token's.
fn signs(key: &DecodingKey, signed: &Signed<'_>) -> bool {
    jsonwebtoken::crypto::verify(signed.signature, signed.message.as_bytes(), key, Algorithm::RS256)
        .unwrap_or(false)
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

fn bits(number: &[u8]) -> usize {
    number
        .first()
        .map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}
