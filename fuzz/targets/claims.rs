//! Any header and any claims under a good signature: the header, a line feed, the claims.

#![no_main]

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clerk::Verifier;
use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "the other half is for the target `token`")]
#[path = "../../crates/clerk/tests/it/fuzzed/properties.rs"]
mod properties;

/// A key of this run, and the verifier that knows it.
static SCENE: LazyLock<(RsaKeyPair, Verifier)> = LazyLock::new(|| {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let der: PublicKeyX509Der<'_> = key.public_key().as_der().expect("a public key");
    let verifier = properties::verifier(&STANDARD.encode(der.as_ref()));
    (key, verifier)
});

fn sign(key: &RsaKeyPair, message: &str) -> Vec<u8> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        message.as_bytes(),
        &mut signature,
    )
    .expect("a signature");
    signature
}

fuzz_target!(|input: &[u8]| {
    let (key, verifier) = &*SCENE;
    properties::judge_claims(verifier, |message| sign(key, message), input);
});
