//! `clerk enable`: what it gives back, when it refuses, and that it goes on after a failure.

use clerk_emulator::{Effect, Environment, Fault, IdentifierKind, NewIdentifier, Options, Plan, Seed};
use serde_json::json;

use super::{EMAIL, Operator, service_user};

const PLANS: [Plan; 2] = [Plan::Pro, Plan::Hobby];

#[tokio::test]
async fn it_ends_sessions_and_gives_the_role_back() {
    for plan in PLANS {
        let operator = Operator::on(plan, Seed::demo()).await;
        operator.run("disable --yes").await;
        if plan == Plan::Hobby {
            // Without a ban a sign-in goes on being possible; what it began ends before the role comes back.
            operator.sign_in().await;
        }
        let name = format!("enable_on_{plan:?}").to_lowercase();
        insta::assert_snapshot!(name, operator.shows("enable --yes").await);
        let user = operator.user().await;
        assert!(!user.banned);
        assert_eq!(
            json!(user.public_metadata),
            json!({ "role": "api-client", "service": "aither" })
        );
        assert_eq!(json!(user.private_metadata), json!({}));
        assert_eq!(operator.sessions().await, [""; 0]);
        assert_eq!(operator.run("status").await.code, 0);
        insta::assert_snapshot!("enable_again", operator.shows("enable --yes").await);
    }
}

/// What was added while Aither was out may be a thief's way back.
#[tokio::test]
async fn an_identifier_that_was_added_meanwhile_is_refused() {
    let kinds = [
        (IdentifierKind::EmailAddress, "e-mail address"),
        (IdentifierKind::PhoneNumber, "phone number"),
        (IdentifierKind::Passkey, "passkey"),
        (IdentifierKind::ExternalAccount, "external account"),
        (IdentifierKind::Web3Wallet, "wallet"),
    ];
    for plan in PLANS {
        for (kind, word) in kinds {
            let operator = Operator::on(plan, Seed::demo()).await;
            operator.run("disable --yes").await;
            let new = NewIdentifier::new(kind, "other@example.com");
            let id = operator.clerk.add_identifier(EMAIL, &new).unwrap();
            operator.clerk.clear_journal();
            let ran = operator.run("enable --yes").await;
            assert_eq!(ran.code, 1, "{plan:?} {ran:?}");
            for text in [
                format!("user.identifiers is also {word} {id}"),
                format!("added since the shut-out: {word} {id}"),
                "remove it in Clerk's dashboard".to_owned(),
            ] {
                assert!(ran.out.contains(&text), "{text} is not in {ran:?}");
            }
            assert_eq!(operator.writes(), [""; 0]);
            assert_eq!(operator.run("status").await.code, 1);

            operator.clerk.remove_identifier(EMAIL, &id).unwrap();
            let ran = operator.run("enable --yes").await;
            assert_eq!(ran.code, 0, "{plan:?} {ran:?}");
        }
    }
}

/// A thief who was quick has added it before the shut-out.
#[tokio::test]
async fn an_identifier_that_was_there_before_is_refused_too() {
    let operator = Operator::of_demo().await;
    let new = NewIdentifier::new(IdentifierKind::Passkey, "a laptop");
    let id = operator.clerk.add_identifier(EMAIL, &new).unwrap();
    assert_eq!(operator.run("disable --yes").await.code, 0);
    let ran = operator.run("enable --yes --json").await;
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &report["added"]), (1, &json!([])), "{ran:?}");
    assert_eq!(report["obstacles"][0]["found"], format!("also passkey {id}"));
    assert!(!operator.user().await.public_metadata.contains_key("role"));
}

/// The address that was exchanged for one of the same letters is not the one that was there.
#[tokio::test]
async fn an_address_that_was_exchanged_is_refused() {
    let operator = Operator::of_demo().await;
    let user_id = operator.clerk.user_id(EMAIL).unwrap();
    operator.run("disable --yes").await;
    let old = operator.user().await.email_addresses[0].id.clone().unwrap();
    let new = NewIdentifier::new(IdentifierKind::EmailAddress, EMAIL);
    let id = operator.clerk.add_identifier(EMAIL, &new).unwrap();
    operator.clerk.remove_identifier(EMAIL, &old).unwrap();
    let ran = operator.run(&format!("enable --yes --user-id {user_id}")).await;
    assert!(
        ran.code == 1
            && ran
                .out
                .contains(&format!("added since the shut-out: e-mail address {id}")),
        "{ran:?}"
    );
}

#[tokio::test]
async fn a_password_does_not_outlive_a_shut_out() {
    let operator = Operator::of(service_user(|user| user.password = true)).await;
    operator.run("disable --yes").await;
    let ran = operator.run("enable --yes").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("a password was removed"), "{ran:?}");
    assert!(!operator.user().await.password_enabled);
}

#[tokio::test]
async fn after_a_failure_at_any_step_it_goes_on_where_it_was() {
    let steps = [
        ("GET", "/v1/sessions"),
        ("POST", "/v1/sessions/*/revoke"),
        ("POST", "/v1/sign_in_tokens/*/revoke"),
        ("POST", "/v1/users/*/remove_password"),
        ("POST", "/v1/users/*/unban"),
        ("PATCH", "/v1/users/*/metadata"),
        ("POST", "/v1/sign_in_tokens"),
    ];
    for plan in PLANS {
        for (method, path) in steps {
            let operator = Operator::on(plan, service_user(|user| user.password = true)).await;
            assert_eq!(operator.run("enroll --yes").await.code, 0);
            operator.run("disable --yes").await;
            if plan == Plan::Hobby {
                operator.sign_in().await;
            }
            let met = Fault::new(path, Effect::Status(503)).with_method(method);
            operator.clerk.add_fault(met);
            let ran = operator.run("enable --yes").await;
            // This plan has no bans.
            let is_skipped = plan == Plan::Hobby && path.ends_with("unban");
            assert_eq!(ran.code, i32::from(!is_skipped), "{plan:?} {path}: {ran:?}");
            operator.clerk.clear_faults();
            let ran = operator.run("enable --yes").await;
            assert_eq!(ran.code, 0, "{plan:?} {path}: {ran:?}");
            assert_eq!(operator.run("status").await.code, 0, "{plan:?} {path}");
            assert_eq!(operator.sessions().await, [""; 0]);
        }
    }
}

/// Whose ban came from Clerk's dashboard has its role all the time.
#[tokio::test]
async fn a_ban_alone_is_lifted() {
    let operator = Operator::of_demo().await;
    operator.clerk.set_banned(EMAIL, true).unwrap();
    let ran = operator.run("enable --yes --json").await;
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&report["banned"], &report["changed"]),
        (&false.into(), &true.into())
    );
    assert!(!operator.user().await.banned);
}

/// A development instance has bans on every plan.
#[tokio::test]
async fn a_development_instance_bans_on_every_plan() {
    let options = Options::new()
        .with_environment(Environment::Development)
        .with_plan(Plan::Hobby);
    let operator = Operator::with_options(options).await;
    assert_eq!(operator.run("disable").await.code, 0);
    assert!(operator.user().await.banned);
    assert_eq!(operator.run("enable").await.code, 0);
}
