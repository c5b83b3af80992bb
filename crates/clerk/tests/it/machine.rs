//! A machine's own tokens, made with a key that can do nothing else.

use std::time::Duration;

use clerk::{ErrorKind, InvalidMachineKey, Machine, MachineKey};
use secrecy::ExposeSecret as _;
use serde_json::json;
use url::Url;

use crate::support::server::{Reply, Server};
use crate::support::token::{machine_claims, machine_header, token};

const KEY: &str = "ak_0123456789abcdefghij";

pub(crate) fn machine_at(server: &Server) -> Machine {
    let key = MachineKey::parse(KEY).unwrap();
    Machine::builder(key)
        .with_base_url(server.url.clone())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_machine_mints_a_jwt_that_expires() {
    let jwt = token(&machine_header(), &machine_claims());
    let body = json!({ "object": "machine_to_machine_token", "id": "mt_1", "token": jwt });
    let clerk = Server::always(Reply::json(&body).with_status(201)).await;
    let minted = machine_at(&clerk).mint().await.unwrap();
    assert_eq!(minted.jwt.expose_secret(), jwt);
    assert_eq!(minted.lifetime, Duration::from_mins(15));
    let seen = &clerk.seen()[0];
    assert_eq!(seen.line(), "POST /m2m_tokens");
    assert_eq!(
        seen.header("authorization"),
        Some(format!("Bearer {KEY}").as_str())
    );
    assert_eq!(
        seen.json(),
        json!({ "token_format": "jwt", "seconds_until_expiration": 1800 })
    );
}

#[tokio::test]
async fn a_configured_lifetime_is_sent_and_is_at_least_a_second() {
    let clerk = Server::always(Reply::error(429, "too_many_requests")).await;
    for (lifetime, asked) in [(Duration::from_hours(1), 3600), (Duration::ZERO, 1)] {
        let machine = Machine::builder(MachineKey::parse(KEY).unwrap())
            .with_base_url(clerk.url.clone())
            .with_lifetime(lifetime)
            .build()
            .unwrap();
        assert!(machine.mint().await.unwrap_err().is_transient());
        let seen = clerk.seen().pop().unwrap();
        assert_eq!(seen.json()["seconds_until_expiration"], asked);
    }
}

#[tokio::test]
async fn an_opaque_machine_token_is_refused() {
    let opaque = json!({ "object": "machine_to_machine_token", "id": "mt_1", "token": "mt_0123456789" });
    let clerk = Server::always(Reply::json(&opaque)).await;
    let error = machine_at(&clerk).mint().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unintelligible);
    assert!(!format!("{error} {error:?}").contains("mt_0123456789"));
}

#[test]
fn keys_that_are_not_of_a_machine_are_refused_by_kind() {
    let cases = [
        ("", InvalidMachineKey::Empty),
        ("sk_live_0123456789", InvalidMachineKey::Instance),
        ("pk_live_0123456789", InvalidMachineKey::Prefix),
        ("ak_", InvalidMachineKey::Prefix),
        ("ak_with blank", InvalidMachineKey::Characters),
        ("ak_line\nbreak", InvalidMachineKey::Characters),
    ];
    for (text, expected) in cases {
        assert_eq!(MachineKey::parse(text).unwrap_err(), expected, "{text:?}");
    }
    let long = format!("ak_{}", "x".repeat(300));
    assert_eq!(
        MachineKey::parse(long).unwrap_err(),
        InvalidMachineKey::Characters
    );
}

#[test]
fn a_machine_key_does_not_print_and_is_sent_over_https_only() {
    let key = MachineKey::parse(KEY).unwrap();
    let builder = Machine::builder(key.clone());
    let machine = builder.clone().build().unwrap();
    let shown = format!("{key:?} {builder:?} {machine:?}");
    assert!(!shown.contains("0123456789"), "{shown}");
    let plain = builder
        .with_base_url(Url::parse("http://api.clerk.com").unwrap())
        .build();
    assert_eq!(plain.unwrap_err().kind(), ErrorKind::Setting);
}
