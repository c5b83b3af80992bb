//! The subject that a response belongs to.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hemera_types::header::X_API_KEY;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::token::Token;

/// The subject of a token, as a hash. All tokens of one user at one issuer have the same subject, so a renewed token finds
/// the responses that its predecessor has cached. Every other credential has a subject of its own.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Subject([u8; 32]);

/// The claims of a JWT that identify its subject.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
}

impl Subject {
    /// The signature is not checked: the token is our own, and its subject only selects which cached response is offered
    /// for confirmation. Hemera checks the token before it confirms anything.
    pub(super) fn of(token: &Token) -> Self {
        let (name, value) = token.header();
        let mut hash = Sha256::new();
        if let Some(claims) = claims(value.as_bytes()).filter(|_| name != X_API_KEY) {
            // The length comes first, so that different pairs of claims never hash the same bytes.
            hash.update(b"jwt");
            hash.update(claims.iss.len().to_be_bytes());
            hash.update(claims.iss);
            hash.update(claims.sub);
        } else {
            hash.update(name.as_str());
            hash.update([0]);
            hash.update(value.as_bytes());
        }
        Self(hash.finalize().into())
    }
}

fn claims(credential: &[u8]) -> Option<Claims> {
    let jwt = credential.strip_prefix(b"Bearer ")?;
    let payload = jwt.split(|byte| *byte == b'.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// The hash of a service key must not be printed.
impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use secrecy::SecretString;

    use super::*;

    fn jwt(claims: &str) -> Subject {
        let text = format!("e30.{}.c2ln{}", URL_SAFE_NO_PAD.encode(claims), claims.len());
        bearer(&text)
    }

    fn bearer(text: &str) -> Subject {
        let token = Token::bearer(&SecretString::from(text), Duration::from_mins(15)).unwrap();
        Subject::of(&token)
    }

    #[test]
    fn tokens_of_one_user_at_one_issuer_have_the_same_subject() {
        let subject = jwt(r#"{"iss":"https://a.example","sub":"user_1"}"#);
        assert_eq!(
            subject,
            jwt(r#"{"sub":"user_1","exp":17,"iss":"https://a.example"}"#)
        );
        for other in [
            r#"{"iss":"https://a.example","sub":"user_2"}"#,
            r#"{"iss":"https://b.example","sub":"user_1"}"#,
            r#"{"iss":"https://a.exampleuser","sub":"_1"}"#,
            r#"{"iss":"https://a.example"}"#,
            "no claims",
        ] {
            assert_ne!(subject, jwt(other), "{other}");
        }
    }

    #[test]
    fn every_other_credential_has_its_own_subject() {
        let key = |text: &str| Subject::of(&Token::service_key(&SecretString::from(text)).unwrap());
        assert_eq!(key("hk_1"), key("hk_1"));
        assert_ne!(key("hk_1"), key("hk_2"));
        assert_eq!(bearer("opaque-1"), bearer("opaque-1"));
        assert_ne!(bearer("opaque-1"), bearer("opaque-2"));
        assert_ne!(bearer("opaque-1"), key("opaque-1"));
    }
}
