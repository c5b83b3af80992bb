//! Missing claims of a minted token are an error before its receiver refuses it.

use clerk::{ErrorKind, MintedToken};
use serde_json::{Value, json};

use crate::support::clerk::Clerk;
use crate::support::server::Reply;
use crate::support::token::{NOW, template_header, token, with};

/// A token with these claims besides its times.
pub(crate) async fn minted_with(claims: &Value) -> MintedToken {
    let clerk = Clerk::start().await;
    let claims = with(json!({ "iat": NOW, "exp": NOW + 900 }), claims);
    let jwt = token(&template_header(), &claims);
    let line = "POST /v1/sessions/sess_1/tokens";
    clerk.overrides.next(line, Reply::json(&json!({ "jwt": jwt })));
    clerk.backend().sessions().mint("sess_1", None).await.unwrap()
}

#[tokio::test]
async fn a_claim_missing_in_the_template_and_one_missing_at_the_user_differ() {
    let required = ["aud", "role"];
    let cases = [
        (json!({}), Some(("template_lacks_claim", "aud"))),
        (
            json!({ "aud": "hemera-api" }),
            Some(("template_lacks_claim", "role")),
        ),
        (
            json!({ "aud": "hemera-api", "role": null }),
            Some(("user_lacks_claim", "role")),
        ),
        (json!({ "aud": "hemera-api", "role": "" }), None),
        (json!({ "aud": ["hemera-api"], "role": "api-client" }), None),
    ];
    for (claims, expected) in cases {
        let outcome = minted_with(&claims).await.require_claims(&required);
        match (outcome, expected) {
            (Ok(()), None) => {}
            (Err(error), Some((code, claim))) => {
                assert_eq!(error.kind(), ErrorKind::ClaimMissing);
                assert_eq!((error.code(), error.parameter()), (Some(code), Some(claim)));
                assert!(!error.is_transient());
            }
            (outcome, expected) => panic!("{claims}: {outcome:?} instead of {expected:?}"),
        }
    }
    minted_with(&json!({})).await.require_claims(&[]).unwrap();
}
