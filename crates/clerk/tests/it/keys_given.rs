//! Keys in settings: the secret key, the publishable key, and the public key in PEM.

use std::sync::Arc;

use clerk::{
    Instance, InvalidPem, InvalidSecretKey, KeySet, PublishableKey, SecretKey, TokenPolicy, Verifier,
};
use freshness::ManualClock;

use crate::support::keys::KEY;
use crate::support::token::{ISSUER, now, session_token};

#[test]
fn a_secret_key_names_its_instance() {
    assert_eq!(
        SecretKey::parse("sk_test_emulator").unwrap().instance(),
        Instance::Development
    );
    assert_eq!(
        SecretKey::parse("sk_live_emulator").unwrap().instance(),
        Instance::Production
    );
}

#[test]
fn texts_that_are_no_secret_key_are_refused_by_kind() {
    let cases = [
        ("", InvalidSecretKey::Empty),
        (
            "pk_test_Y2xlcmsubG9jYWxob3N0OjQwMTAk",
            InvalidSecretKey::Publishable,
        ),
        ("ak_0123", InvalidSecretKey::Machine),
        ("sk_test_", InvalidSecretKey::Prefix),
        ("sk_prod_0123", InvalidSecretKey::Prefix),
        ("0123", InvalidSecretKey::Prefix),
        (" sk_test_0123", InvalidSecretKey::Prefix),
        ("sk_test_0123\n", InvalidSecretKey::Characters),
        ("sk_test_01 23", InvalidSecretKey::Characters),
        ("sk_test_0é", InvalidSecretKey::Characters),
    ];
    for (text, expected) in cases {
        assert_eq!(SecretKey::parse(text).unwrap_err(), expected, "{text}");
    }
    let long = format!("sk_test_{}", "x".repeat(300));
    assert_eq!(SecretKey::parse(long).unwrap_err(), InvalidSecretKey::Characters);
}

#[test]
fn a_publishable_key_names_its_frontend_api() {
    let parse = |text| PublishableKey::parse(text).map(|key| (key.instance(), key.frontend().to_string()));
    let cases = [
        (
            "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k",
            Instance::Production,
            "https://clerk.example.com/",
        ),
        (
            "pk_test_Y2xlcmsubG9jYWxob3N0OjQwMTAk",
            Instance::Development,
            "http://clerk.localhost:4010/",
        ),
        (
            "pk_test_MTI3LjAuMC4xOjQwMTAk",
            Instance::Development,
            "http://127.0.0.1:4010/",
        ),
    ];
    for (text, instance, frontend) in cases {
        assert_eq!(parse(text).unwrap(), (instance, frontend.to_owned()));
    }
}

#[test]
fn texts_that_are_no_publishable_key_are_refused() {
    // In turn: no key, no base64, no `$`, no dot in the host, a path, a user.
    for text in [
        "",
        "sk_test_abc",
        "pk_test_???",
        "pk_test_Y2xlcmsuZXhhbXBsZS5jb20=",
        "pk_test_bG9jYWxob3N0JA==",
        "pk_test_YS5ib20vcCQ=",
        "pk_test_dUBhLmJvbSQ=",
    ] {
        assert!(PublishableKey::parse(text).is_err(), "{text}");
    }
}

#[tokio::test]
async fn a_pem_is_read_as_clerk_shows_it_and_as_environment_files_hold_it() {
    let pem = KEY.pem();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    for text in [
        pem.clone(),
        pem.replace('\n', "\\n"),
        pem.replace('\n', "\r\n"),
        body.clone(),
        format!("  {body}\n"),
    ] {
        let keys = KeySet::fixed_pem(&text).unwrap();
        assert!(keys.is_ready());
        let verifier = Verifier::new(
            TokenPolicy::for_issuer(ISSUER),
            keys,
            Arc::new(ManualClock::at(now())),
        );
        verifier.verify(&session_token()).await.unwrap();
    }
}

#[test]
fn texts_that_are_no_public_key_of_sufficient_size_are_refused() {
    let elliptic = "-----BEGIN PUBLIC KEY-----\n\
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9\n\
        q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==\n\
        -----END PUBLIC KEY-----\n";
    let private = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";
    let cases = [
        ("", InvalidPem::Format),
        ("not base64 at all!", InvalidPem::Format),
        ("aGVsbG8=", InvalidPem::Format),
        (elliptic, InvalidPem::Format),
        (private, InvalidPem::Private),
        (include_str!("support/rsa_1024_public.pem"), InvalidPem::Size),
    ];
    for (text, expected) in cases {
        assert_eq!(KeySet::fixed_pem(text).unwrap_err(), expected, "{text}");
    }
}
