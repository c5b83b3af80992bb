//! Tokens: what is accepted, and every reason to refuse one.

mod accepted;
pub(crate) mod corpus;
mod mutation;
mod policy;
mod refused;

use std::sync::Arc;

use clerk::{KeySet, TokenPolicy, VerifiedToken, Verifier, VerifyError};
use freshness::ManualClock;

use crate::support::keys::KEY;
use crate::support::token::{ISSUER, now};

/// The origin that the tests' policy knows.
const PARTY: &str = "https://app.hemera-academy.com";

pub(crate) fn policy() -> TokenPolicy {
    TokenPolicy::for_issuer(ISSUER).with_authorized_parties([PARTY])
}

fn verifier(policy: TokenPolicy) -> Verifier {
    verifier_with(policy, KeySet::fixed_pem(&KEY.pem()).unwrap())
}

pub(crate) fn verifier_with(policy: TokenPolicy, keys: KeySet) -> Verifier {
    Verifier::new(policy, keys, Arc::new(ManualClock::at(now())))
}

async fn verify(policy: TokenPolicy, token: &str) -> Result<VerifiedToken, VerifyError> {
    verifier(policy).verify(token).await
}
