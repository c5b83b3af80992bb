//! Secret keys of Clerk's that came as a credential, in whatever form.
//!
//! A caller that sends one has mixed its keys up, and has leaked it to us: worth an alert of its own. The forms are those
//! in which HTTP clients send a key that they were given: bare, under any scheme, as name or password of `Basic`, in a list.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hemera_types::header::X_API_KEY;
use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName};

use crate::metrics::ClerkSecretAs;

/// What the secret key of an instance begins with, and that of a machine.
const PREFIXES: [&[u8]; 2] = [b"sk_", b"ak_"];

/// Base64 as clients write it: with padding and without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// In which header a secret key of Clerk's came, if one did.
pub(super) fn sent_as(headers: &HeaderMap) -> Option<ClerkSecretAs> {
    let is_in = |name: HeaderName| {
        headers
            .get_all(name)
            .iter()
            .any(|value| has_secret(value.as_bytes()))
    };
    if is_in(AUTHORIZATION) {
        Some(ClerkSecretAs::Bearer)
    } else if is_in(X_API_KEY) {
        Some(ClerkSecretAs::ServiceKey)
    } else {
        None
    }
}

fn has_secret(value: &[u8]) -> bool {
    let mut is_after_basic = false;
    words(value).any(|word| {
        let is_encoded = is_after_basic;
        is_after_basic = word.eq_ignore_ascii_case(b"basic");
        is_secret(word) || (is_encoded && decoded(word).is_some_and(|text| words(&text).any(is_secret)))
    })
}

/// What stands between blanks, commas, colons, quotes and the like. Dots do not divide: the segments of a token are random
/// text, which may begin with anything.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let divides = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"_-.+/".contains(byte);
    text.split(divides).filter(|word| !word.is_empty())
}

fn is_secret(word: &[u8]) -> bool {
    PREFIXES.iter().any(|prefix| word.starts_with(prefix))
}

/// The text of base64, in the alphabet of URLs too.
fn decoded(word: &[u8]) -> Option<Vec<u8>> {
    let standard = word.iter().map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    });
    BASE64.decode(standard.collect::<Vec<u8>>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_every_form() {
        for value in [
            "sk_live_4f1c",
            " \t sk_live_4f1c",
            "Bearer sk_live_4f1c",
            "Bearer  ak_4f1c",
            "Token sk_test_4f1c",
            "Bearer x.y.z, Bearer sk_test_4f1c",
            "ApiKey key=\"sk_test_4f1c\"",
            "\"Bearer\":sk_test_4f1c",
            // sk_test_4f1c: and :sk_test_4f1c, with padding and without; user:sk_test_>>> in the alphabet of URLs.
            "Basic c2tfdGVzdF80ZjFjOg==",
            "basic  c2tfdGVzdF80ZjFjOg",
            "BASIC OnNrX3Rlc3RfNGYxYw==",
            "Basic dXNlcjpza190ZXN0Xz4-Pg",
        ] {
            assert!(has_secret(value.as_bytes()), "{value:?}");
        }
    }

    #[test]
    fn other_credentials_are_not_taken_for_secrets() {
        for value in [
            "",
            "Basic",
            "Basic dXNlcjpwYXNz",
            "Basic %%%",
            "Basic Basic",
            "Bearer c2tfdGVzdF80ZjFjOg==",
            "Bearer eyJhbGciOiJSUzI1NiJ9.sk_x.ak_x",
            "hmr_test_sk_5b0f",
            "task_sk",
            "SK_TEST",
        ] {
            assert!(!has_secret(value.as_bytes()), "{value:?}");
        }
        assert!(!has_secret(b"Bearer \xff\xfe"));
    }
}
