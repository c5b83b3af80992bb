//! Failed calls to Hemera: what they mean for the callers of this service.
//!
//! The client has retried what another attempt could fix. What is left is one of a few classes, each with its own answer to
//! the question of who has to do what.

use aither_client::Error;
use axum::http::StatusCode;

use super::{Refusal, SOON, chain};

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let (status, code, message) = class(&error);
        let mut refusal = Self::new(status, code, message).with_cause(chain(&error));
        refusal.trouble.request_id = error.request_id().cloned();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            // The longest of what Hemera, its pace and the client's circuit ask for.
            refusal = refusal.retry_after(error.retry_after().unwrap_or(SOON));
        }
        refusal
    }
}

fn class(error: &Error) -> (StatusCode, &'static str, &'static str) {
    if error.is_throttled() {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "HEMERA_IS_BUSY",
            "Hemera admits no more calls for now: try again after the time in Retry-After",
        )
    } else if error.is_token_unavailable() && error.is_transient() {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "NO_TOKEN",
            "there is no token for Hemera, because its issuer is away: try again after the time in Retry-After",
        )
    } else if error.is_token_unavailable() || error.is_unauthorized() || error.is_forbidden() {
        (
            StatusCode::BAD_GATEWAY,
            "HEMERA_REFUSES_THE_SERVICE",
            "this service's credential is refused: its operator runs `aither doctor` with its settings, which says why",
        )
    } else if error.is_timeout() {
        (
            StatusCode::GATEWAY_TIMEOUT,
            "HEMERA_TOOK_TOO_LONG",
            "Hemera took too long: try again, and give the requestId to its operators if it stays so",
        )
    } else if error.is_connection() || error.is_unavailable() {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "HEMERA_IS_UNAVAILABLE",
            "Hemera is not available: try again after the time in Retry-After",
        )
    } else {
        (
            StatusCode::BAD_GATEWAY,
            "HEMERA_FAILED",
            "Hemera's response could not be used: give the requestId to its operators",
        )
    }
}
