//! Credentials that Hemera must refuse, and all of them with the body of a request without one.

use std::path::Path;
use std::time::{Duration, SystemTime};

use aither_client::hemera_types::{ErrorBody, ErrorCode, Operation};
use aither_client::{HemeraClient, SecretString, Token};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use super::promise::{Broken, Kept};
use super::refusal::Refusal;

/// By how much clocks may differ: a token that ended just now may still be good.
const CLOCKS: Duration = Duration::from_secs(15);

/// Claims that were changed after the signature, a token without a signature, and a key that does not exist.
pub(super) async fn forged(client: &HemeraClient, own: &Token, expected: &ErrorBody) -> Result<Kept, Broken> {
    let own = own.expose();
    let mut tried = Vec::new();
    if let Some(changed) = with_changed_claims(own.expose_secret()) {
        is_refused(client, "a token with changed claims", &bearer(changed)?, expected).await?;
        tried.push("changed");
    }
    is_refused(
        client,
        "a token without a signature",
        &bearer(unsigned())?,
        expected,
    )
    .await?;
    tried.push("unsigned");
    let key = Token::service_key(&SecretString::from("hmr_smoke_no_such_key"));
    let key = key.map_err(|error| Broken::new(error.to_string(), "report it"))?;
    is_refused(client, "an unknown service key", &key, expected).await?;
    tried.push("unknown key");
    Ok(Kept::Yes(format!(
        "{}: 401, all with the same body",
        tried.join(", ")
    )))
}

/// A token that has expired: the one in `file`, else the one that the client had first, if it has ended meanwhile.
pub(super) async fn expired(
    client: &HemeraClient,
    file: Option<&Path>,
    own: &Token,
    now: SystemTime,
    expected: &ErrorBody,
) -> Result<Kept, Broken> {
    let jwt = match file {
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|error| {
                let found = format!("{} cannot be read: {}", file.display(), error.kind());
                Broken::new(found, "name a file with a token in it")
            })?;
            SecretString::from(text.trim())
        }
        None => own.expose(),
    };
    let remedy =
        "give --expired-token FILE, where `aither token --reveal` wrote a token that has ended since";
    let Some(end) = expiry(jwt.expose_secret()) else {
        return Ok(Kept::NotTried(format!("no token that ends is at hand: {remedy}")));
    };
    if end + CLOCKS > now {
        return if file.is_some() {
            Err(Broken::new("the token in the file has not expired", remedy))
        } else {
            Ok(Kept::NotTried(format!("no expired token is at hand: {remedy}")))
        };
    }
    let token = bearer(jwt.expose_secret().to_owned())?;
    is_refused(client, "an expired token", &token, expected).await?;
    Ok(Kept::Yes("401, with the same body".to_owned()))
}

async fn is_refused(
    client: &HemeraClient,
    what: &str,
    token: &Token,
    expected: &ErrorBody,
) -> Result<(), Broken> {
    let path = Operation::ListCourses.spec().path;
    let response = client.probe_with(path, token).await?;
    let (status, headers, body) = (response.status, response.headers, response.body);
    let refusal = Refusal::of(what, ErrorCode::Unauthorized, status, &headers, &body)?;
    if refusal.error == *expected {
        return Ok(());
    }
    Err(Broken::new(
        format!("the 401 to {what} has another body than one without a credential"),
        "give the request id to Hemera's operators: the body must not say which check failed",
    ))
}

fn bearer(jwt: String) -> Result<Token, Broken> {
    Token::bearer(&SecretString::from(jwt), Duration::from_mins(1))
        .map_err(|_| Broken::new("what is to be sent is no token", "give a file with a token in it"))
}

fn claims(jwt: &str) -> Option<Map<String, Value>> {
    let payload = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

fn expiry(jwt: &str) -> Option<SystemTime> {
    let seconds = claims(jwt)?.get("exp")?.as_u64()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// The same token with the role of an admin, under the signature of before.
fn with_changed_claims(jwt: &str) -> Option<String> {
    let (head, _) = jwt.split_once('.')?;
    let (_, signature) = jwt.rsplit_once('.')?;
    let mut claims = claims(jwt)?;
    claims.insert("role".to_owned(), json!("admin"));
    let payload = URL_SAFE_NO_PAD.encode(Value::Object(claims).to_string());
    Some(format!("{head}.{payload}.{signature}"))
}

/// A token whose header says that it needs no signature.
fn unsigned() -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({ "alg": "none", "typ": "JWT" }));
    let claims = part(json!({ "sub": "user_smoke", "role": "admin", "aud": "hemera-api" }));
    format!("{head}.{claims}.")
}

#[cfg(test)]
mod tests {
    use aither_client::freshness::{Clock as _, SystemClock};
    use aither_client::hemera_types::Role;
    use aither_client::testing::InMemoryHemera;

    use super::*;
    use crate::command::smoke::outside;

    #[tokio::test]
    async fn refusal_that_says_which_check_failed_is_a_broken_promise() {
        let hemera = InMemoryHemera::start().await.unwrap();
        let client = hemera.client();
        let own = client.tokens().token().await.unwrap().value;
        let refusal = outside::no_credential(&client).await.unwrap();
        let kept = forged(&client, &own, &refusal.error).await;
        assert!(matches!(kept, Ok(Kept::Yes(found)) if found.starts_with("changed, unsigned")));
        let other = ErrorBody {
            message: "The signature is wrong".to_owned(),
            ..refusal.error
        };
        let broken = forged(&client, &own, &other).await.unwrap_err();
        assert!(broken.found.contains("another body"), "{broken:?}");
    }

    #[tokio::test]
    async fn token_that_is_accepted_although_it_has_expired_is_a_broken_promise() {
        let hemera = InMemoryHemera::start().await.unwrap();
        let client = HemeraClient::builder(hemera.base_url().clone(), hemera.tokens(Role::ApiClient));
        let client = client.build().unwrap();
        let own = client.tokens().token().await.unwrap().value;
        let refusal = outside::no_credential(&client).await.unwrap();
        let later = SystemClock.now().wall + Duration::from_hours(2);
        let broken = expired(&client, None, &own, later, &refusal.error)
            .await
            .unwrap_err();
        assert!(broken.found.contains("is 200 and not 401"), "{broken:?}");
    }
}
