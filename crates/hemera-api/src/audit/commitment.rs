//! Salted commitments: a record holds them in place of personal data, which can then be dropped without breaking a proof.

use sha2::{Digest as _, Sha256};

/// Random bytes that keep a value from being guessed from its commitment. It is dropped together with the value.
type Salt = [u8; 16];

/// Values, in two parts: what stays in the record, and what goes with the values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Commitment {
    /// SHA-256 over the salt and the values; `None` where there is no value.
    pub(crate) hash: Option<Vec<u8>>,
    /// The salt; `None` where there is no value.
    pub(crate) salt: Option<Vec<u8>>,
}

impl Commitment {
    /// Commits to these values, in this order.
    pub(crate) fn to<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return Self::default();
        }
        let salt: Salt = rand::random();
        Self {
            hash: Some(commitment(&salt, values)),
            salt: Some(salt.to_vec()),
        }
    }

    /// A salt for a commitment that the database makes.
    pub(crate) fn new_salt() -> Vec<u8> {
        rand::random::<Salt>().to_vec()
    }
}

/// SHA-256 over the salt and each value: its length in bytes as 32 bits, big-endian, then its text in UTF-8.
/// `update_result.sql` computes the same of one person.
pub(crate) fn commitment<'a>(salt: &[u8], values: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(salt);
    for value in values {
        // No value is longer: a person is an id, an address is short, and a user agent is cut to 200 characters.
        hash.update(u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(value.as_bytes());
    }
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commitment_tells_apart_what_differs_only_in_where_a_value_ends() {
        let salt = [7; 16];
        assert_eq!(
            hex::encode(commitment(&salt, ["ab", "c"])),
            hex::encode(Sha256::digest([&salt[..], b"\0\0\0\x02ab\0\0\0\x01c"].concat()))
        );
        assert_ne!(commitment(&salt, ["ab", "c"]), commitment(&salt, ["a", "bc"]));
        assert_ne!(commitment(&salt, ["ab", "c"]), commitment(&salt, ["c", "ab"]));
    }

    #[test]
    fn same_value_has_another_commitment_each_time_and_no_value_has_none() {
        assert_ne!(Commitment::to(["a"]), Commitment::to(["a"]));
        assert_eq!(Commitment::to([]), Commitment::default());
    }
}
