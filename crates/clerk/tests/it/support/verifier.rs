//! What a verifier says of a token, in one word.

use clerk::{Verifier, VerifyError};

/// `accepted`, the reason of the refusal, `keys unavailable` or `too many wait`.
pub(crate) async fn outcome(verifier: &Verifier, token: &str) -> &'static str {
    match verifier.verify(token).await {
        Ok(_) => "accepted",
        Err(VerifyError::Refused(refusal)) => refusal.reason(),
        Err(VerifyError::KeysUnavailable { .. }) => "keys unavailable",
        Err(VerifyError::TooManyWait) => "too many wait",
        Err(error) => panic!("{error}"),
    }
}
