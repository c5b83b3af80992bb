//! Machines with tokens of their own: off unless configured, and only with tokens that are meant for us.

use std::time::{Duration, UNIX_EPOCH};

use clerk_emulator::Forgery;
use hemera_api::config::{Config, Inputs};
use serde_json::{Value, json};

use crate::support::{
    AITHER, CapturedLog, HEMERA, OTHER, Sender, TestApp, WITH_MACHINE, machine_token, machine_world,
};

const COURSES: &str = "/api/service/courses?limit=1";
const CONFIGURED: &[(&str, &str)] = &[
    WITH_MACHINE[0],
    WITH_MACHINE[1],
    ("HEMERA_LIMITS__FAILED_AUTH_BURST", "1000"),
];

async fn configured(more: &[(&str, &str)]) -> TestApp {
    TestApp::start_on(machine_world(), &[CONFIGURED, more].concat()).await
}

fn sender(app: &TestApp, forgery: &Forgery) -> Sender {
    app.anonymous().with_token(&app.clerk.forge(forgery).unwrap())
}

#[tokio::test]
async fn a_configured_machine_is_an_api_client_without_a_look_up() {
    let app = configured(&[]).await;
    let machine = sender(&app, &machine_token());
    machine.get(COURSES).await.assert_status(200);
    // Neither more than the role allows …
    machine
        .get("/api/service/usage")
        .await
        .assert_error(403, "FORBIDDEN");
    // … nor a question to Clerk: there is no user behind it.
    assert!(app.clerk.journal("GET", "/v1/users/**").is_empty());

    let database = app.finish().await;
    let records = database
        .rows("select subject, role, proof, status from audit_log order by status")
        .await;
    let record = |status: u16| json!({ "subject": AITHER, "role": "api-client", "proof": "machine", "status": status });
    assert_eq!(records, [record(200), record(403)]);
}

/// The lifetimes that `AITHER_MACHINE_TOKEN_MINUTES` can set, its default among them; and one second more.
#[tokio::test]
async fn every_lifetime_that_the_client_can_ask_for_is_accepted() {
    let app = configured(&[]).await;
    let now = app.clerk.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let living = |seconds: u64| sender(&app, &machine_token().with_claim("exp", now + seconds));
    for minutes in [1, 30, 60] {
        living(minutes * 60).get(COURSES).await.assert_status(200);
    }
    living(3_601).get(COURSES).await.assert_error(401, "UNAUTHORIZED");
    app.finish().await;
}

/// Whatever its token says of a role: the configuration's counts.
#[tokio::test]
async fn a_machine_cannot_name_a_role_of_its_own() {
    let app = configured(&[]).await;
    let claims = [
        ("role", json!("admin")),
        ("metadata", json!({ "role": "admin" })),
        ("public_metadata", json!({ "role": "admin" })),
    ];
    for (name, value) in claims {
        let machine = sender(&app, &machine_token().with_claim(name, value));
        machine.get(COURSES).await.assert_status(200);
        machine
            .get("/api/service/usage")
            .await
            .assert_error(403, "FORBIDDEN");
    }
    app.finish().await;
}

#[tokio::test]
async fn without_a_configuration_no_machine_is_let_in() {
    let log = CapturedLog::start();
    let app = TestApp::start_on(machine_world(), &[("HEMERA_TOKENS__MACHINE_ID", HEMERA)]).await;
    sender(&app, &machine_token())
        .get(COURSES)
        .await
        .assert_error(401, "UNAUTHORIZED");
    assert_eq!(log.requests()[0]["reason"], "class_not_accepted");
    app.finish().await;
}

/// Tokens that are refused, each with the reason.
fn not_meant_for_us() -> [(&'static str, Forgery); 11] {
    let unsaid = || machine_token().without_claim("scopes");
    [
        ("machine_token_unscoped", unsaid()),
        (
            "machine_token_for_others",
            machine_token().with_claim("scopes", ""),
        ),
        (
            "machine_token_for_others",
            machine_token().with_claim("scopes", OTHER),
        ),
        (
            "machine_token_for_others",
            machine_token().with_claim("scopes", format!("{HEMERA}x")),
        ),
        (
            "machine_token_for_others",
            machine_token().with_claim("scopes", json!([HEMERA])),
        ),
        (
            "machine_token_for_others",
            machine_token()
                .with_claim("scopes", OTHER)
                .with_claim("aud", HEMERA),
        ),
        ("machine_token_for_others", unsaid().with_claim("aud", OTHER)),
        ("machine_token_for_others", unsaid().with_claim("aud", json!([]))),
        (
            "machine_token_for_others",
            unsaid().with_claim("aud", json!({ "id": HEMERA })),
        ),
        ("unknown_machine", Forgery::machine(OTHER)),
        ("expired", machine_token().aged(Duration::from_hours(2))),
    ]
}

/// Good tokens, all of them signed by Clerk: what they say of their receiver decides.
#[tokio::test]
async fn a_token_must_be_meant_for_us() {
    let log = CapturedLog::start();
    let app = configured(&[]).await;
    let unsaid = || machine_token().without_claim("scopes");
    let admitted = [
        machine_token(),
        machine_token().with_claim("scopes", HEMERA),
        unsaid().with_claim("aud", HEMERA),
        unsaid().with_claim("aud", json!([OTHER, HEMERA])),
    ];
    let refused = not_meant_for_us();
    for forgery in &admitted {
        sender(&app, forgery).get(COURSES).await.assert_status(200);
    }
    for (_, forgery) in &refused {
        sender(&app, forgery)
            .get(COURSES)
            .await
            .assert_error(401, "UNAUTHORIZED");
    }
    let requests = log.requests();
    let reasons: Vec<&str> = requests
        .iter()
        .skip(admitted.len())
        .map(|line| line["reason"].as_str().unwrap())
        .collect();
    assert_eq!(reasons, refused.map(|(reason, _)| reason));
    app.finish().await;
}

/// Where Clerk puts neither claim into a machine's tokens, that one machine can be trusted without.
#[tokio::test]
async fn a_token_that_names_nobody_is_accepted_of_a_machine_that_is_trusted_so() {
    let app = configured(&[("HEMERA_MACHINES__AITHER__ALLOW_UNSCOPED", "true")]).await;
    let unsaid = machine_token().without_claim("scopes");
    sender(&app, &unsaid).get(COURSES).await.assert_status(200);
    for named in [
        unsaid.with_claim("aud", OTHER),
        machine_token().with_claim("scopes", ""),
    ] {
        sender(&app, &named)
            .get(COURSES)
            .await
            .assert_error(401, "UNAUTHORIZED");
    }
    app.finish().await;
}

/// A user cannot pass as a machine, nor a machine as a user.
#[tokio::test]
async fn classes_of_tokens_do_not_mix() {
    let app = configured(&[]).await;
    for forgery in [
        Forgery::template("aither-service@hemera-academy.com", "hemera-api").with_claim("sub", AITHER),
        Forgery::session("katharina.vogt@hemera-academy.com").with_claim("sub", AITHER),
        machine_token().with_claim(
            "sub",
            app.clerk.user_id("katharina.vogt@hemera-academy.com").unwrap(),
        ),
    ] {
        sender(&app, &forgery)
            .get(COURSES)
            .await
            .assert_error(401, "UNAUTHORIZED");
    }
    app.finish().await;
}

#[test]
fn faults_of_the_settings_are_named() {
    let load = |settings: &[(&str, &str)]| {
        let good = [
            ("DATABASE_URL", "postgres://hemera@localhost/hemera"),
            ("CLERK_SECRET_KEY", "sk_test_4711"),
            ("CLERK_ISSUER", "https://clerk.example.com"),
        ];
        let all = good.iter().chain(settings);
        let environment = all.map(|(name, value)| (name.into(), value.into())).collect();
        Config::load(&Inputs {
            environment,
            environment_file: None,
            file: None,
        })
    };
    let report = load(&[
        ("HEMERA_TOKENS__MACHINE_ID", "swordfish"),
        ("HEMERA_MACHINES__A__ID", "swordfish"),
        ("HEMERA_MACHINES__B__ALLOW_UNSCOPED", "swordfish"),
        ("HEMERA_MACHINES__C__ID", AITHER),
        ("HEMERA_MACHINES__C__ROLE", "swordfish"),
        ("HEMERA_MACHINES__D__ID", AITHER),
    ])
    .unwrap_err()
    .to_string();
    assert!(!report.contains("swordfish"), "{report}");
    insta::assert_snapshot!("machine_faults", report);

    let missing = load(&[("HEMERA_MACHINES__A__ID", AITHER)])
        .unwrap_err()
        .to_string();
    assert!(
        missing.contains("HEMERA_TOKENS__MACHINE_ID: is missing"),
        "{missing}"
    );
    let config = load(&CONFIGURED[..2]).unwrap();
    assert_eq!(config.machines.accepted[0].name, "aither");
    assert_eq!(json!(config.machines.accepted.len()), Value::from(1));
}
