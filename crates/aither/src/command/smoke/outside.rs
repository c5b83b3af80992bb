//! What a deployed Hemera promises to those without a credential.

use aither_client::hemera_types::header::X_REQUEST_ID;
use aither_client::hemera_types::{ErrorCode, Failure as FailureEnvelope, Operation};
use aither_client::{HemeraClient, Probed, StatusCode};

use super::promise::{Broken, Kept, NOT_HEMERA};

/// It is reached and ready.
pub(super) async fn ready(client: &HemeraClient) -> Result<Kept, Broken> {
    let response = client.probe("/readyz").await?;
    let said: String = String::from_utf8_lossy(&response.body).chars().take(80).collect();
    match response.status {
        StatusCode::OK => Ok(Kept::Yes(format!("/readyz says: {said}"))),
        StatusCode::SERVICE_UNAVAILABLE => Err(Broken::new(
            format!("/readyz is 503: {said}"),
            "see docs/operations.md, \"Health\"",
        )),
        status => Err(Broken::new(format!("/readyz is {}", status.as_u16()), NOT_HEMERA)),
    }
}

/// The client would not have reached it otherwise.
pub(super) fn tls(client: &HemeraClient) -> Kept {
    if client.base_url().to_string().starts_with("https:") {
        Kept::Yes("https, with a certificate that this machine trusts".to_owned())
    } else {
        Kept::NotTried("http, which never leaves this machine".to_owned())
    }
}

/// A request without a credential is refused in the format of the contract.
pub(super) async fn no_credential(client: &HemeraClient) -> Result<Kept, Broken> {
    let response = client.probe(Operation::ListCourses.spec().path).await?;
    if response.status != StatusCode::UNAUTHORIZED {
        let found = format!(
            "a request without a credential is {} and not 401",
            response.status.as_u16()
        );
        return Err(Broken::new(found, NOT_HEMERA));
    }
    let id = refused_id(&response)
        .ok_or_else(|| Broken::new("the 401 is not in the format of the contract", NOT_HEMERA))?;
    Ok(Kept::Yes(format!(
        "401 in the format of the contract (request {id})"
    )))
}

/// The request id of a refusal, if it is one of the contract.
fn refused_id(response: &Probed) -> Option<String> {
    let failure: FailureEnvelope = serde_json::from_slice(&response.body).ok()?;
    let id = failure.meta.request_id.to_string();
    let is_same = response.headers.get(X_REQUEST_ID)?.as_bytes() == id.as_bytes();
    (failure.error.code == ErrorCode::Unauthorized && is_same).then_some(id)
}
