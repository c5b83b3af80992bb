//! `clerk token`: a token for `curl`, alone on standard output.

use std::time::UNIX_EPOCH;

use serde_json::Value;

use super::Operator;

#[tokio::test]
async fn the_token_is_alone_on_standard_output_and_its_claims_are_beside_it() {
    let operator = Operator::of_demo()
        .await
        .with("HEMERA_HTTP__LISTEN", "127.0.0.1:8090");
    let ran = operator.run("token --yes").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let token = ran.out.strip_suffix('\n').unwrap();
    assert!(
        token.split('.').count() == 3 && !token.contains(char::is_whitespace),
        "{ran:?}"
    );
    assert!(!ran.err.contains("eyJ"), "the token belongs on one stream only");
    for part in [
        "aud      \"hemera-api\"\n",
        "role     \"api-client\"\n",
        "service  \"aither\"\n",
        "good until 20",
        " http://127.0.0.1:8090/api/service/courses\n",
    ] {
        assert!(ran.err.contains(part), "{part} is not in {}", ran.err);
    }
    assert_eq!(operator.sessions().await, [""; 0], "its session was ended");
}

#[tokio::test]
async fn machines_can_read_it_too() {
    let operator = Operator::of_demo().await;
    let ran = operator.run("token --yes --json").await;
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let claims = &report["claims"];
    assert_eq!(claims["sub"], operator.user().await.id);
    let life = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
    assert_eq!(life, 900);
    let expires_at = UNIX_EPOCH + std::time::Duration::from_secs(claims["exp"].as_u64().unwrap());
    let shown = time::OffsetDateTime::from(expires_at);
    let shown = shown
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    assert_eq!(report["expiresAt"], shown);
    assert_eq!(ran.err, "");
}
