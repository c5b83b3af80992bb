//! What a deployed Hemera promises to callers without a credential.

use aither_client::hemera_types::header::X_REQUEST_ID;
use aither_client::hemera_types::{ErrorCode, Operation, VERSION};
use aither_client::{HeaderMap, HemeraClient, StatusCode};

use super::promise::{Broken, Kept, NOT_HEMERA};
use super::refusal::Refusal;

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
        status if status.is_redirection() => Err(Broken::new(
            format!(
                "/readyz is {}, which leads elsewhere: {}",
                status.as_u16(),
                target(&response.headers)
            ),
            "give the address that it leads to: a credential is never sent on",
        )),
        status => Err(Broken::new(format!("/readyz is {}", status.as_u16()), NOT_HEMERA)),
    }
}

/// The client would not have reached it otherwise.
pub(super) fn tls(client: &HemeraClient) -> Kept {
    if is_encrypted(client) {
        Kept::Yes("https, with a certificate that this machine trusts".to_owned())
    } else {
        Kept::NotTried("http, which never leaves this machine".to_owned())
    }
}

/// Without TLS the API is not served.
pub(super) async fn in_clear(client: &HemeraClient) -> Result<Kept, Broken> {
    if !is_encrypted(client) {
        return Ok(Kept::NotTried("http, which never leaves this machine".to_owned()));
    }
    // Whatever has no response of HTTP to it: a closed port, a port that speaks TLS alone.
    let Ok(response) = client.probe_in_clear(Operation::ListCourses.spec().path).await else {
        return Ok(Kept::Yes("nothing answers over http".to_owned()));
    };
    judge_in_clear(response.status, &response.headers)
}

/// Whether this response over http is one that keeps credentials safe.
fn judge_in_clear(status: StatusCode, headers: &HeaderMap) -> Result<Kept, Broken> {
    let remedy = "let the proxy redirect http to https, or close the port";
    if status.is_redirection() {
        let target = target(headers);
        if target.starts_with("https://") {
            return Ok(Kept::Yes(format!("http is {}, to https", status.as_u16())));
        }
        return Err(Broken::new(
            format!("http is {}, to {target:?} and not to https", status.as_u16()),
            remedy,
        ));
    }
    if status.is_success() || headers.contains_key(X_REQUEST_ID) {
        return Err(Broken::new(
            format!("the API answers over http, with {}", status.as_u16()),
            remedy,
        ));
    }
    Ok(Kept::Yes(format!("http is refused with {}", status.as_u16())))
}

/// A request without a credential is refused in the format of the contract.
pub(super) async fn no_credential(client: &HemeraClient) -> Result<Refusal, Broken> {
    let response = client.probe(Operation::ListCourses.spec().path).await?;
    Refusal::of(
        "a request without a credential",
        ErrorCode::Unauthorized,
        response.status,
        &response.headers,
        &response.body,
    )
}

/// It speaks the version of the contract that this command was built with.
pub(super) fn version(refusal: &Refusal) -> Result<Kept, Broken> {
    if refusal.version == VERSION {
        return Ok(Kept::Yes(format!("contract {VERSION}")));
    }
    Err(Broken::new(
        format!("contract {}, and this command speaks {VERSION}", refusal.version),
        "use the `aither` of the server's release",
    ))
}

fn is_encrypted(client: &HemeraClient) -> bool {
    client.base_url().to_string().starts_with("https:")
}

/// Where a redirect leads, with nothing in it that may be secret or long.
fn target(headers: &HeaderMap) -> String {
    let location = headers.get("location").and_then(|value| value.to_str().ok());
    let location = location.unwrap_or_default().split(['?', '#']).next();
    location.unwrap_or_default().chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use aither_client::HeaderValue;

    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static(value))])
    }

    #[test]
    fn over_http_only_a_redirect_to_https_or_a_refusal_is_right() {
        let none = HeaderMap::new();
        let https = headers("location", "https://hemera.example/api?x=1");
        let http = headers("location", "http://elsewhere.example/");
        let own = headers("x-request-id", "4f0c");
        for (status, headers, is_right) in [
            (308, &https, true),
            (301, &http, false),
            (302, &none, false),
            (200, &none, false),
            (401, &own, false),
            (400, &none, true),
            (403, &none, true),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let judged = judge_in_clear(status, headers);
            assert_eq!(judged.is_ok(), is_right, "{status} {headers:?}: {judged:?}");
        }
    }
}
