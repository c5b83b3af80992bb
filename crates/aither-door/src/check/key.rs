//! Whether a request has the key of the door. Every other credential in it is ignored and goes nowhere.

use aither_client::hemera_types::header::X_API_KEY;
use http::HeaderMap;

use crate::local_key::LocalKey;
use crate::refusal::Refusal;

/// There is exactly one key, and it is ours.
pub(super) fn check(key: &LocalKey, headers: &HeaderMap) -> Result<(), Refusal> {
    let mut presented = headers.get_all(X_API_KEY).iter();
    match (presented.next(), presented.next()) {
        (None, _) => Err(Refusal::KeyMissing),
        (Some(_), Some(_)) => Err(Refusal::KeyRepeated),
        (Some(presented), None) if key.opens(presented.as_bytes()) => Ok(()),
        (Some(_), None) => Err(Refusal::KeyWrong),
    }
}
