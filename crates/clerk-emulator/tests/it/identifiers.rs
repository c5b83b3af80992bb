//! Identifiers that a user adds while it is signed in: the controls add them, and both APIs show them.

use clerk_emulator::{IdentifierKind, NewIdentifier};
use reqwest::Method;
use serde_json::json;

use super::shapes::{assert_shape, shape};
use super::support::{SERVICE_USER, development, service_user};

#[tokio::test]
async fn an_identifier_of_each_kind_has_the_documented_fields() {
    let (emulator, caller) = development().await;
    let path = format!("/v1/users/{}", service_user(&emulator));
    for (kind, value, list, fixture) in [
        (
            IdentifierKind::EmailAddress,
            "second@example.com",
            "email_addresses",
            shape!("backend_email_address"),
        ),
        (
            IdentifierKind::PhoneNumber,
            "+4915112345678",
            "phone_numbers",
            shape!("backend_phone_number"),
        ),
        (
            IdentifierKind::Passkey,
            "a laptop",
            "passkeys",
            shape!("backend_passkey"),
        ),
        (
            IdentifierKind::ExternalAccount,
            "somebody@gmail.com",
            "external_accounts",
            shape!("backend_external_account"),
        ),
        (
            IdentifierKind::Web3Wallet,
            "0x1234",
            "web3_wallets",
            shape!("backend_web3_wallet"),
        ),
    ] {
        let before = caller.get(&path).await.ok();
        let id = emulator
            .add_identifier(SERVICE_USER, &NewIdentifier::new(kind, value))
            .unwrap();
        let shown = caller.get(&path).await.ok();
        let added = shown[list].as_array().unwrap().last().unwrap();
        assert_shape(added, fixture);
        assert_eq!(added["id"], id);
        assert_eq!(added["verification"]["status"], "verified", "{list}");
        emulator.remove_identifier(SERVICE_USER, &id).unwrap();
        assert_eq!(
            caller.get(&path).await.ok()[list],
            before[list],
            "{list} after it was removed"
        );
    }
}

/// Several users may claim an address that none of them has shown to be its own.
#[tokio::test]
async fn an_address_that_is_only_claimed_is_unverified_and_lists_its_user_too() {
    let (emulator, caller) = development().await;
    let claim = NewIdentifier::new(IdentifierKind::EmailAddress, SERVICE_USER).unverified();
    emulator
        .add_identifier("katharina.vogt@hemera-academy.com", &claim)
        .unwrap();
    let users = caller
        .get(&format!("/v1/users?email_address={SERVICE_USER}"))
        .await
        .ok();
    assert_eq!(users.as_array().unwrap().len(), 2);
    let admin = emulator.user_id("katharina.vogt@hemera-academy.com").unwrap();
    let shown = caller.get(&format!("/v1/users/{admin}")).await.ok();
    let claimed = &shown["email_addresses"][1];
    assert_shape(&claimed["verification"], shape!("backend_verification_otp"));
    assert_eq!(claimed["verification"]["status"], "unverified");
    assert_ne!(shown["primary_email_address_id"], claimed["id"]);
}

#[tokio::test]
async fn the_controls_over_http_do_the_same() {
    let (emulator, caller) = development().await;
    let path = format!("/__emulator/users/{SERVICE_USER}/identifiers");
    let added = caller
        .post(&path, json!({ "kind": "passkey", "value": "a laptop" }))
        .await
        .ok();
    let user = format!("/v1/users/{}", service_user(&emulator));
    assert_eq!(caller.get(&user).await.ok()["passkeys"][0]["id"], added["id"]);
    let gone = format!("{path}/{}", added["id"].as_str().unwrap());
    caller.delete(&gone).await.ok();
    assert_eq!(caller.get(&user).await.ok()["passkeys"], json!([]));
    caller.delete(&gone).await.refused(404, "resource_not_found");
    let nobody = "/__emulator/users/nobody@example.com/identifiers";
    let unknown = caller.send(
        Method::POST,
        nobody,
        json!({ "kind": "passkey", "value": "a laptop" }),
    );
    unknown.await.refused(404, "resource_not_found");
}
