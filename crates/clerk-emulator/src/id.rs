//! Ids as Clerk makes them: a prefix and 27 base62 characters that sort by time (facts: KSUID-like), or 32
//! hexadecimal characters for tokens and keys.

use crate::clock::Stamp;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// KSUIDs count seconds from 2014-05-13T16:53:20Z, so that 32 bits last until 2150.
const EPOCH_SECONDS: i64 = 1_400_000_000;

/// The number of characters after the prefix of an object's id.
pub(crate) const LENGTH: usize = 27;

/// A new object id: `prefix` (without underscore) and 27 characters, the first ones from `now`.
pub(crate) fn object(prefix: &str, now: Stamp) -> String {
    let seconds = u32::try_from((now.seconds() - EPOCH_SECONDS).max(0)).unwrap_or(u32::MAX);
    let mut number = [0_u8; 20];
    number[..4].copy_from_slice(&seconds.to_be_bytes());
    number[4..].copy_from_slice(&rand::random::<[u8; 16]>());
    format!("{prefix}_{}", base62(number))
}

/// A new id of the machine-token family: `prefix` and 32 hexadecimal characters.
pub(crate) fn token(prefix: &str) -> String {
    format!("{prefix}_{}", hex::<16>())
}

/// `BYTES` random bytes in hexadecimal: token ids (`jti`, 20 characters) and trace ids.
pub(crate) fn hex<const BYTES: usize>() -> String {
    let mut bytes = [0_u8; BYTES];
    rand::fill(&mut bytes[..]);
    hex::encode(bytes)
}

/// A random secret of `length` base62 characters.
pub(crate) fn secret(length: usize) -> String {
    (0..length)
        .map(|_| char::from(BASE62[usize::from(rand::random_range(0..62_u8))]))
        .collect()
}

/// 160 bits as 27 base62 digits, most significant first: repeated division of the whole number by 62.
fn base62(mut number: [u8; 20]) -> String {
    let mut digits = [b'0'; LENGTH];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0_u32;
        for byte in &mut number {
            let part = remainder * 256 + u32::from(*byte);
            // `remainder` is below 62, so the quotient fits a byte.
            *byte = u8::try_from(part / 62).unwrap_or(u8::MAX);
            remainder = part % 62;
        }
        *digit = BASE62[usize::try_from(remainder).unwrap_or(0)];
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_number_becomes_the_largest_ksuid() {
        assert_eq!(base62([0xff; 20]), "aWgEPTl1tmebfsQzFP4bxwgy80V");
        assert_eq!(base62([0; 20]), "0".repeat(27));
    }

    #[test]
    fn object_ids_have_their_form_and_sort_by_time() {
        let early = object("user", Stamp::from_millis(1_700_000_000_000));
        let late = object("user", Stamp::from_millis(1_800_000_000_000));
        assert_eq!(early.len(), "user_".len() + LENGTH);
        assert!(early < late, "{early} {late}");
        assert_eq!(token("mt").len(), 3 + 32);
        assert_eq!(secret(40).len(), 40);
    }
}
