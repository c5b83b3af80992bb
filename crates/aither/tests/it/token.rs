//! `aither token`.

use clerk_emulator::{Effect, Fault};

use crate::support::Aither;
use crate::support::academy::academy;
use crate::support::clerk::Clerk;

#[tokio::test]
async fn claims_age_and_expiry_are_shown_and_the_token_is_not() {
    let clerk = Clerk::start().await;
    let aither = clerk.aither();
    let revealed = aither.run(&["token", "--reveal"]).await.succeeded().output;
    let shown = aither.run(&["token"]).await.succeeded();
    for part in revealed.trim().split('.') {
        assert!(
            !format!("{shown:?}").contains(&part[part.len() / 2..]),
            "{shown:?}"
        );
    }
    assert!(shown.output.contains("role=api-client"), "{shown:?}");
    assert!(shown.output.contains("expires in"), "{shown:?}");
    let json = aither.json(&["token"]).await;
    assert_eq!(json["kind"], "jwt");
    assert_eq!(json["lifetimeSeconds"], 900);
    assert!(json["expiresInSeconds"].as_u64().unwrap() > 850, "{json}");
    assert_eq!(json["claims"]["role"], "api-client");
    assert!(json.get("token").is_none(), "{json}");
}

#[tokio::test]
async fn revealed_token_is_alone_on_standard_output() {
    let clerk = Clerk::start().await;
    let aither = clerk.aither();
    let ended = aither.run(&["token", "--reveal"]).await.succeeded();
    assert_eq!((ended.output.lines().count(), ended.notes.as_str()), (1, ""));
    assert_eq!(ended.output.trim().split('.').count(), 3);
    let json = aither.json(&["token", "--reveal"]).await;
    assert_eq!(json["token"].as_str().unwrap().split('.').count(), 3);
}

#[tokio::test]
async fn service_key_does_not_expire_and_is_shown_on_request_only() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let shown = aither.run(&["token"]).await.succeeded();
    assert!(shown.output.contains("service key"), "{shown:?}");
    assert!(!shown.output.contains(hemera.service_key()), "{shown:?}");
    let revealed = aither.run(&["token", "--reveal"]).await.succeeded();
    assert_eq!(revealed.output.trim(), hemera.service_key());
    assert_eq!(
        aither.json(&["token"]).await["lifetimeSeconds"],
        serde_json::Value::Null
    );
    assert!(hemera.requests().is_empty());
}

#[tokio::test]
async fn refusal_of_clerk_is_a_matter_of_configuration_and_silence_is_not() {
    let clerk = Clerk::start().await;
    let aither = clerk
        .aither()
        .with("CLERK_SECRET_KEY", "sk_live_of_another_instance_0123456789");
    let error = aither.run(&["token"]).await.failed(3);
    assert!(error.contains("clerk_key_invalid"), "{error}");
    assert!(!error.contains("of_another"), "{error}");
    clerk.add_fault(Fault::new("/v1/**", Effect::Status(503)));
    let error = clerk.aither().run(&["token"]).await.failed(4);
    assert!(error.contains("503"), "{error}");
}
