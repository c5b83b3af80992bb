//! A refusal in the format of the contract.

use aither_client::hemera_types::header::X_REQUEST_ID;
use aither_client::hemera_types::{ErrorBody, ErrorCode, Failure as FailureEnvelope};
use aither_client::{HeaderMap, StatusCode};

use super::promise::{Broken, NOT_HEMERA};

/// A refusal in the format of the contract.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) request_id: String,
    /// What it says about the fault.
    pub(super) error: ErrorBody,
    /// The version of the contract.
    pub(super) version: String,
}

impl Refusal {
    /// The refusal of a request, described by `what`, that this code must answer.
    pub(super) fn of(
        what: &str,
        code: ErrorCode,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Self, Broken> {
        let expected = code.status();
        if status == StatusCode::TOO_MANY_REQUESTS && status != expected {
            return Err(Broken::new(
                format!("{what} is 429: this address has failed too often"),
                "try again in a minute",
            ));
        }
        if status != expected {
            let found = format!("{what} is {} and not {}", status.as_u16(), expected.as_u16());
            return Err(Broken::new(found, NOT_HEMERA));
        }
        Self::parse(code, headers, body).ok_or_else(|| {
            let found = format!("the {} is not in the format of the contract", expected.as_u16());
            Broken::new(found, NOT_HEMERA)
        })
    }

    fn parse(code: ErrorCode, headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let failure: FailureEnvelope = serde_json::from_slice(body).ok()?;
        let request_id = failure.meta.request_id.to_string();
        let is_same = headers.get(X_REQUEST_ID)?.as_bytes() == request_id.as_bytes();
        (is_same && failure.error.code == code).then_some(Self {
            request_id,
            error: failure.error,
            version: failure.meta.version,
        })
    }
}
