//! `clerk setup`: what should be there is made, once, and nothing of others is touched.

use clerk_emulator::{Environment, Plan, Seed, SeedTemplate};
use serde_json::json;

use super::{EMAIL, Operator, bare_user, service_user};

#[tokio::test]
async fn an_empty_instance_is_set_up_and_the_second_run_changes_nothing() {
    let operator = Operator::of(Seed::default()).await;
    insta::assert_snapshot!("setup_dry_run", operator.shows("setup --dry-run").await);
    insta::assert_snapshot!("setup_without_consent", operator.shows("setup").await);
    assert_eq!(operator.writes(), [""; 0]);

    insta::assert_snapshot!("setup_first", operator.shows("setup --yes").await);
    assert_eq!(operator.writes(), ["POST /v1/users", "POST /v1/jwt_templates"]);
    let user = operator.user().await;
    assert_eq!(
        json!(user.public_metadata),
        json!({ "role": "api-client", "service": "aither" })
    );
    assert!(!user.password_enabled);
    let templates = operator.api().jwt_templates().list().await.unwrap();
    assert_eq!((templates.len(), templates[0].lifetime), (1, 900));

    operator.clerk.clear_journal();
    insta::assert_snapshot!("setup_second", operator.shows("setup --yes").await);
    assert_eq!(operator.writes(), [""; 0]);
    assert_eq!(operator.sessions().await, [""; 0]);
}

#[tokio::test]
async fn a_dry_run_only_reads() {
    let operator = Operator::of_demo().await;
    assert_eq!(operator.run("setup --dry-run").await.code, 0);
    assert!(operator.clerk.journal("POST", "/**").is_empty());
}

#[tokio::test]
async fn what_belongs_to_others_stays() {
    let mut seed = service_user(|user| {
        user.password = true;
        user.public_metadata = [
            ("role".to_owned(), json!("admin")),
            ("team".to_owned(), json!({ "name": "seminars", "size": 3 })),
        ]
        .into_iter()
        .collect();
    });
    let claims =
        json!({ "aud": "somebody-else", "role": "{{user.public_metadata.role}}", "tenant": "north" });
    seed.jwt_templates = vec![SeedTemplate {
        name: "hemera-api".to_owned(),
        lifetime: 60,
        allowed_clock_skew: 10,
        claims: claims.as_object().unwrap().clone(),
    }];
    let operator = Operator::of(seed).await;
    insta::assert_snapshot!("setup_of_what_differs", operator.shows("setup --yes").await);

    let user = operator.user().await;
    assert_eq!(
        json!(user.public_metadata),
        json!({ "role": "api-client", "service": "aither", "team": { "name": "seminars", "size": 3 } })
    );
    assert!(!user.password_enabled);
    let template = operator.api().jwt_templates().list().await.unwrap().remove(0);
    assert_eq!(
        json!(template.claims),
        json!({
            "aud": "hemera-api", "role": "{{user.public_metadata.role}}", "tenant": "north",
            "service": "{{user.public_metadata.service}}",
        })
    );
    assert_eq!((template.lifetime, template.allowed_clock_skew), (900, 10));
}

/// Where a ticket could not sign the user in, nothing is half done.
#[tokio::test]
async fn what_stands_in_the_way_stops_it_before_the_first_change() {
    let mut seed = bare_user();
    let user = &mut seed.users[0];
    (user.banned, user.locked, user.mfa) = (true, true, true);
    let operator = Operator::of(seed).await;
    insta::assert_snapshot!("setup_with_obstacles", operator.shows("setup --yes").await);
    assert_eq!(operator.writes(), [""; 0]);
}

#[tokio::test]
async fn a_development_instance_is_changed_without_a_question() {
    let operator = Operator::start(bare_user(), Environment::Development).await;
    assert_eq!(operator.run("setup").await.code, 0);
    assert_eq!(operator.user().await.public_metadata["role"], "api-client");
}

#[tokio::test]
async fn the_audience_is_the_servers() {
    let operator = Operator::of(Seed::default()).await;
    let operator = operator.with("HEMERA_TOKENS__AUDIENCE", "https://hemera-academy.com");
    let ran = operator.run("setup --yes").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out
            .contains("HEMERA_TOKENS__AUDIENCE=https://hemera-academy.com\n")
    );
    let template = operator.api().jwt_templates().list().await.unwrap().remove(0);
    assert_eq!(template.claims["aud"], "https://hemera-academy.com");
}

#[tokio::test]
async fn machines_can_read_it_too() {
    let operator = Operator::of(Seed::default()).await;
    let ran = operator.run("setup --yes --json").await;
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["changed"], true);
    assert_eq!(report["plan"]["steps"][0]["action"], "create_user");
    assert_eq!(report["proof"]["lifetimeSeconds"], 900);
    let again = operator.run("setup --yes --json").await;
    let report: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(
        (&report["changed"], &report["plan"]["steps"]),
        (&false.into(), &json!([]))
    );
    assert_eq!(report["userId"], operator.user().await.id);
}

/// Where the Native API is switched off, an origin of the instance's domain signs in.
#[tokio::test]
async fn it_signs_in_as_a_browser_where_it_must() {
    let operator = Operator::of_demo().await;
    operator
        .clerk
        .change_settings(|settings| settings.native_api = false);
    let refused = operator.run("setup --yes").await;
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("set CLERK_SIGN_IN_ORIGIN to"), "{refused:?}");

    let operator = operator.with("CLERK_SIGN_IN_ORIGIN", "https://hemera-academy.com");
    let ran = operator.run("setup --yes").await;
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[tokio::test]
async fn another_address_is_another_user() {
    let operator = Operator::of_demo().await;
    let ran = operator
        .run("setup --yes --email second-service@hemera-academy.com")
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let other = operator
        .clerk
        .user_id("second-service@hemera-academy.com")
        .unwrap();
    assert!(
        ran.out.contains(&format!("CLERK_SERVICE_USER_ID={other}\n")),
        "{ran:?}"
    );
    assert_ne!(operator.clerk.user_id(EMAIL).unwrap(), other);
}

/// Where the plan refuses JWT templates, session tokens take their place, and both sides learn which settings that needs.
#[tokio::test]
async fn a_plan_without_templates_is_set_up_with_session_tokens() {
    let operator = Operator::on(Plan::Hobby, Seed::default()).await;
    insta::assert_snapshot!("setup_without_templates", operator.shows("setup --yes").await);
    assert_eq!(operator.sessions().await, [""; 0]);

    let operator = operator.with("HEMERA_TOKENS__CLASSES", "session,machine");
    operator.clerk.clear_journal();
    insta::assert_snapshot!("setup_with_sessions", operator.shows("setup --yes").await);
    // Nothing but the proof.
    assert_eq!(operator.writes(), ["POST /v1/sessions/sess_…/tokens"]);
    for command in [
        "status",
        "token --yes",
        "rotate --yes",
        "disable --yes",
        "enable --yes",
    ] {
        let ran = operator.run(command).await;
        assert_eq!(ran.code, 0, "{command}: {ran:?}");
    }
}

/// Session tokens carry no role, so there is none to believe.
#[tokio::test]
async fn with_session_tokens_roles_are_looked_up() {
    let operator = Operator::on(Plan::Hobby, Seed::default()).await;
    let operator = operator.with("HEMERA_ROLES__SOURCE", "claim");
    let ran = operator.run("setup --yes").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out
            .contains("HEMERA_TOKENS__CLASSES=session,machine\nHEMERA_ROLES__SOURCE=lookup\n"),
        "{ran:?}"
    );
}
