//! `clerk disable`: what it does on each plan, that each step is taken whatever became of the others, and that it can be
//! repeated.

use clerk_emulator::{Effect, Fault, IdentifierKind, NewIdentifier, Plan, Seed};
use serde_json::{Value, json};

use super::{EMAIL, Operator, service_user};

const PLANS: [Plan; 2] = [Plan::Pro, Plan::Hobby];

/// With a session that is alive, and a sign-in token that was handed over.
async fn in_use(plan: Plan) -> (Operator, String) {
    let operator = Operator::on(plan, Seed::demo()).await;
    operator.sign_in().await;
    let made = operator.run("enroll --yes --json").await;
    let made: Value = serde_json::from_str(&made.out).unwrap();
    operator.clerk.clear_journal();
    (operator, made["signInToken"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn it_shuts_out_on_every_plan_and_says_what_each_step_did() {
    for plan in PLANS {
        let (operator, ticket) = in_use(plan).await;
        let name = format!("disable_on_{plan:?}").to_lowercase();
        insta::assert_snapshot!(name, operator.shows("disable --yes").await);

        let user = operator.user().await;
        assert_eq!(user.banned, plan == Plan::Pro);
        assert_eq!(json!(user.public_metadata), json!({ "service": "aither" }));
        let private = json!(user.private_metadata);
        let address = user.email_addresses[0].id.as_deref();
        assert_eq!(
            private["hemera"]["shutOut"]["identifiers"],
            json!({ "email_address": [address] })
        );
        assert_eq!(operator.sessions().await, [""; 0]);
        let refused = operator.redeem(&ticket).await.unwrap_err();
        let code = refused.code().unwrap();
        assert!(
            ["sign_in_token_revoked_code", "user_banned"].contains(&code),
            "{plan:?}: {code}"
        );
        // The ban alone would not have made the token worthless for the time after it.
        let revoked = operator.clerk.journal("POST", "/v1/sign_in_tokens/*/revoke");
        assert_eq!(revoked.len(), 1, "{plan:?}");
        // The role goes first, and sessions once more after the ban.
        let first = &operator.writes()[0];
        assert_eq!(first, "PATCH /v1/users/user_…/metadata", "{plan:?}");
    }
}

#[tokio::test]
async fn it_may_be_repeated() {
    let (operator, _) = in_use(Plan::Pro).await;
    operator.run("disable --yes").await;
    operator.clerk.clear_journal();
    // What is noted is asked to be revoked again; everything else is as it should be.
    insta::assert_snapshot!("disable_again", operator.shows("disable --yes").await);
    assert_eq!(operator.writes(), ["POST /v1/sign_in_tokens/sit_…/revoke"]);

    let operator = Operator::on(Plan::Hobby, Seed::demo()).await;
    operator.run("disable --yes").await;
    let before = operator.user().await.private_metadata;
    insta::assert_snapshot!(
        "disable_again_without_bans",
        operator.shows("disable --yes").await
    );
    assert_eq!(operator.user().await.private_metadata, before);
}

/// Nothing is left to change, so nobody needs to be asked.
#[tokio::test]
async fn where_everything_is_done_nothing_is_asked() {
    let operator = Operator::of_demo().await;
    operator.run("disable --yes").await;
    operator.clerk.clear_journal();
    let ran = operator.run("disable").await;
    assert_eq!((ran.code, operator.writes()), (0, Vec::new()), "{ran:?}");
}

/// The steps that failed, by name.
fn failed(report: &Value) -> Vec<&str> {
    let steps = report["steps"].as_array().unwrap().iter();
    let failed = steps.filter(|step| step["outcome"] == "failed");
    failed.map(|step| step["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_step_that_fails_is_named_and_stops_no_other() {
    let steps: [(&str, &str, &[&str]); 5] = [
        ("PATCH", "/v1/users/*/metadata", &["role"]),
        ("GET", "/v1/sessions", &["sessions", "sessions_again"]),
        ("POST", "/v1/sessions/*/revoke", &["sessions", "sessions_again"]),
        ("POST", "/v1/sign_in_tokens/*/revoke", &["sign_in_tokens"]),
        ("POST", "/v1/users/*/ban", &["ban"]),
    ];
    for plan in PLANS {
        for (method, path, names) in steps {
            let (operator, _) = in_use(plan).await;
            operator
                .clerk
                .add_fault(Fault::new(path, Effect::Status(503)).with_method(method));
            let ran = operator.run("disable --yes --json").await;
            let report: Value = serde_json::from_str(&ran.out).unwrap();
            assert_eq!(ran.code, 1, "{ran:?}");
            assert_eq!(report["complete"], false);
            // A ban ends sessions by itself.
            let expected = if path.ends_with("sessions/*/revoke") && plan == Plan::Pro {
                &names[..1]
            } else {
                names
            };
            assert_eq!(failed(&report), expected, "{plan:?} {path}");
            let user = operator.user().await;
            assert_eq!(user.public_metadata.contains_key("role"), names == ["role"]);
            assert_eq!(user.banned, plan == Plan::Pro && names != ["ban"]);
            operator.clerk.clear_faults();
            let ran = operator.run("disable --yes --json").await;
            let report: Value = serde_json::from_str(&ran.out).unwrap();
            assert_eq!((ran.code, failed(&report)), (0, Vec::new()), "{ran:?}");
            let user = operator.user().await;
            assert!(!user.public_metadata.contains_key("role"));
            assert_eq!(user.banned, plan == Plan::Pro);
            assert_eq!(operator.sessions().await, [""; 0]);
        }
    }
}

#[tokio::test]
async fn a_failure_is_said_with_what_to_do() {
    let operator = Operator::of_demo().await;
    operator
        .clerk
        .add_fault(Fault::new("/v1/users/*/ban", Effect::Status(503)));
    let shown = operator.shows("disable --yes").await;
    for text in [
        "done         the role is taken away",
        "FAILED       the user could not be banned: Clerk failed to ban a user (503, ",
        "may not be shut out completely: run `hemera-api clerk disable` again until no step fails",
        "exit code 1",
    ] {
        assert!(shown.contains(text), "{text} is not in {shown}");
    }
}

/// What Clerk accepts and does not show is no success.
#[tokio::test]
async fn what_cannot_be_seen_afterwards_is_a_failure() {
    let operator = Operator::of_demo().await;
    operator
        .clerk
        .add_fault(Fault::new("/v1/users/user_*", Effect::Status(503)).with_method("GET"));
    let id = operator.clerk.user_id(EMAIL).unwrap();
    operator
        .clerk
        .add_fault(Fault::new(format!("/v1/users/{id}"), Effect::Status(503)).with_method("GET"));
    let ran = operator.run("disable --yes --json").await;
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, failed(&report)), (1, vec!["check"]), "{ran:?}");
}

#[tokio::test]
async fn while_it_stands_nothing_gives_anything_back() {
    for plan in PLANS {
        let operator = Operator::on(plan, Seed::demo()).await;
        operator.run("disable --yes").await;
        operator.clerk.clear_journal();
        for command in ["setup --yes", "enroll --yes", "token --yes", "rotate --yes"] {
            let ran = operator.run(command).await;
            assert_eq!(ran.code, 1, "{plan:?} {command}: {ran:?}");
            let said = format!("{}{}", ran.out, ran.err);
            assert!(
                said.contains("run `hemera-api clerk enable`"),
                "{plan:?} {command}: {said}"
            );
        }
        assert!(operator.clerk.journal("POST", "/**").is_empty(), "{plan:?}");
        assert!(operator.clerk.journal("PATCH", "/**").is_empty(), "{plan:?}");
        let name = format!("status_while_shut_out_on_{plan:?}").to_lowercase();
        insta::assert_snapshot!(name, operator.shows("status").await);
        let status = operator.run("status --json").await;
        let status: Value = serde_json::from_str(&status.out).unwrap();
        assert_eq!(status["shutOut"].as_str().unwrap().len(), 20);
    }
}

/// A marker that cannot be read stands all the same.
#[tokio::test]
async fn a_damaged_marker_stands() {
    let operator = Operator::of(service_user(|user| {
        let marker = json!({ "shutOut": "yes" });
        user.private_metadata = [("hemera".to_owned(), marker)].into_iter().collect();
    }))
    .await;
    let ran = operator.run("token --yes").await;
    assert!(ran.err.contains("hemera-api clerk enable"), "{ran:?}");
    let ran = operator.run("enable --yes").await;
    assert!(
        ran.code == 1 && ran.out.contains("added since the shut-out: e-mail address idn_"),
        "{ran:?}"
    );
}

/// The second run does not take for granted what was added since the first.
#[tokio::test]
async fn what_the_user_signed_in_with_is_kept_from_the_first_run() {
    let operator = Operator::on(Plan::Hobby, Seed::demo()).await;
    operator.run("disable --yes").await;
    let passkey = NewIdentifier::new(IdentifierKind::Passkey, "a laptop");
    let id = operator.clerk.add_identifier(EMAIL, &passkey).unwrap();
    assert_eq!(operator.run("disable --yes").await.code, 0);
    let ran = operator.run("enable --yes").await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.out
            .contains(&format!("added since the shut-out: passkey {id}")),
        "{ran:?}"
    );
}

/// A role that was given back by hand is taken again.
#[tokio::test]
async fn a_role_that_came_back_is_taken_again() {
    let operator = Operator::on(Plan::Hobby, Seed::demo()).await;
    operator.run("disable --yes").await;
    let role = json!({ "role": "api-client" });
    operator
        .clerk
        .merge_public_metadata(EMAIL, role.as_object().unwrap().clone())
        .unwrap();
    assert_eq!(operator.run("disable --yes").await.code, 0);
    assert!(!operator.user().await.public_metadata.contains_key("role"));
}

#[tokio::test]
async fn it_says_how_soon_the_server_follows() {
    let operator = Operator::of_demo().await;
    let operator = operator
        .with("HEMERA_ROLES__MAX_AGE", "20s")
        .with("HEMERA_ROLES__GRACE", "90s");
    let ran = operator.run("disable --yes").await;
    assert!(
        ran.out.contains("refuses it within 20s") && ran.out.contains("within 1m 30s more"),
        "{ran:?}"
    );
    let operator = Operator::of_demo().await;
    let operator = operator.with("HEMERA_ROLES__SOURCE", "claim");
    let ran = operator.run("disable --yes").await;
    assert!(
        ran.out
            .contains("those minted before count until they expire, 15m after they were minted")
            && !ran.out.contains("HEMERA_ROLES__MAX_AGE"),
        "{ran:?}"
    );
}
