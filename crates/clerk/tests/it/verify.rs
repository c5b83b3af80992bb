//! Tokens: what is accepted, and every reason to refuse one.

use std::sync::Arc;

use clerk::{KeySet, TokenClass, TokenPolicy, Verifier};
use freshness::ManualClock;

use crate::support::keys::KEY;
use crate::support::token::{ISSUER, now, session_token, template_token};

fn verifier(policy: TokenPolicy) -> Verifier {
    Verifier::new(
        policy,
        KeySet::fixed_pem(&KEY.pem()).unwrap(),
        Arc::new(ManualClock::at(now())),
    )
}

#[tokio::test]
async fn session_and_template_tokens_are_accepted() {
    let verifier = verifier(TokenPolicy::for_issuer(ISSUER));
    let session = verifier.verify(&session_token()).await.unwrap();
    assert_eq!(session.class, TokenClass::Session);
    let template = verifier.verify(&template_token()).await.unwrap();
    assert_eq!(template.class, TokenClass::Template);
}
