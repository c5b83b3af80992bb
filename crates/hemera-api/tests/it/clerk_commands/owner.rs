//! Which user the service user is: the one whose address it is beyond doubt, or the one that `--user-id` names.

use clerk_emulator::{IdentifierKind, NewIdentifier, Seed, SeedUser};
use serde_json::json;

use super::{EMAIL, Operator};

const OTHER: &str = "somebody@hemera-academy.com";

const COMMANDS: [&str; 7] = [
    "setup --yes",
    "status",
    "rotate --yes",
    "disable --yes",
    "enable --yes",
    "token --yes",
    "enroll --yes",
];

/// Another user who claims the service user's address, and has not shown that it is its own.
async fn with_a_claim(seed: Seed) -> (Operator, String) {
    let seed = seed.with_user(SeedUser::new(OTHER, json!({})));
    let operator = Operator::of(seed).await;
    let other = operator.clerk.user_id(OTHER).unwrap();
    let claim = NewIdentifier::new(IdentifierKind::EmailAddress, EMAIL).unverified();
    operator.clerk.add_identifier(OTHER, &claim).unwrap();
    operator.clerk.clear_journal();
    (operator, other)
}

#[tokio::test]
async fn two_users_of_one_address_are_refused_and_both_are_named() {
    let (operator, other) = with_a_claim(Seed::demo()).await;
    let mine = operator.api().users().with_address(EMAIL).await.unwrap();
    let mine = mine.iter().find(|user| user.id != other).unwrap().id.clone();
    for command in COMMANDS {
        let ran = operator.run(command).await;
        assert_eq!(ran.code, 1, "{command}: {ran:?}");
        for text in [other.as_str(), mine.as_str(), "--user-id"] {
            assert!(ran.err.contains(text), "{command}: {text} is not in {ran:?}");
        }
    }
    assert_eq!(operator.writes(), [""; 0]);
    assert!(operator.clerk.journal("POST", "/**").is_empty());

    let ran = operator.run(&format!("disable --yes --user-id {mine}")).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let api = operator.api();
    assert!(api.users().get(&mine).await.unwrap().banned);
    assert!(!api.users().get(&other).await.unwrap().banned);
    let ran = operator.run(&format!("enable --yes --user-id {mine}")).await;
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// Before the service user is made, or after it was deleted, another user may have its address.
#[tokio::test]
async fn an_address_that_is_only_claimed_names_no_one() {
    let (operator, other) = with_a_claim(Seed::default()).await;
    for command in ["rotate", "disable", "enable", "token", "enroll"] {
        let ran = operator.run(&format!("{command} --yes")).await;
        assert_eq!(ran.code, 1, "{command}: {ran:?}");
        assert!(
            ran.err.contains(&other)
                && ran.err.contains("the user's address is not verified")
                && ran.err.contains("--user-id"),
            "{command}: {ran:?}"
        );
    }
    let steady = operator.shows("setup --yes").await;
    assert!(
        steady.contains("user.identifiers is the user's address is not verified"),
        "{steady}"
    );
    assert_eq!(operator.run("status").await.code, 1);
    assert_eq!(operator.writes(), [""; 0]);
}

/// Who adds an address must not be able to prevent the shut-out.
#[tokio::test]
async fn a_further_address_does_not_prevent_a_shut_out() {
    let operator = Operator::of_demo().await;
    let new = NewIdentifier::new(IdentifierKind::EmailAddress, "thief@example.com");
    operator.clerk.add_identifier(EMAIL, &new).unwrap();
    let ran = operator.run("disable --yes").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(operator.user().await.banned);
}

#[tokio::test]
async fn a_further_identifier_is_drift_and_stops_setup_and_enroll() {
    let operator = Operator::of_demo().await;
    for kind in [
        IdentifierKind::EmailAddress,
        IdentifierKind::PhoneNumber,
        IdentifierKind::Passkey,
        IdentifierKind::ExternalAccount,
        IdentifierKind::Web3Wallet,
    ] {
        let new = NewIdentifier::new(kind, "other@example.com");
        operator.clerk.add_identifier(EMAIL, &new).unwrap();
    }
    insta::assert_snapshot!("status_with_further_identifiers", operator.shows("status").await);
    let status = operator.run("status").await;
    let widest = status.out.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{widest:?} columns: {}", status.out);
    operator.clerk.clear_journal();
    for command in ["setup --yes", "enroll --yes"] {
        let ran = operator.run(command).await;
        let words: Vec<&str> = ran.out.split_whitespace().collect();
        assert!(
            ran.code == 1 && words.join(" ").contains("find out who added what"),
            "{command}: {ran:?}"
        );
    }
    assert!(operator.clerk.journal("POST", "/**").is_empty());
    assert_eq!(operator.writes(), [""; 0]);
}

#[tokio::test]
async fn an_id_that_no_user_has_is_an_error() {
    let operator = Operator::of_demo().await;
    let ran = operator.run("disable --yes --user-id user_unknown").await;
    assert!(
        ran.code == 1 && ran.err.contains("there is no such user in this instance"),
        "{ran:?}"
    );
}
