//! On whose behalf an answer was given.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hemera_types::header::X_API_KEY;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::token::Token;

/// Whom a token speaks for, as a hash. The tokens of one user at one issuer share it, so that a renewed token
/// finds what the one before was told; every other credential has one of its own.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Subject([u8; 32]);

/// What of a JWT tells whom it speaks for.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
}

impl Subject {
    /// Read without checking the signature: it is our own token, and what this decides is only which of our own
    /// answers is offered for confirmation; Hemera checks the token before it confirms anything.
    pub(super) fn of(token: &Token) -> Self {
        let (name, value) = token.header();
        let mut hash = Sha256::new();
        if let Some(claims) = claims(value.as_bytes()).filter(|_| name != X_API_KEY) {
            // The length first: no two pairs of texts make the same row of bytes.
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

/// A hash of a service key is nothing to print.
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
    fn the_tokens_of_one_user_at_one_issuer_share_a_subject() {
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
    fn any_other_credential_has_a_subject_of_its_own() {
        let key = |text: &str| Subject::of(&Token::service_key(&SecretString::from(text)).unwrap());
        assert_eq!(key("hk_1"), key("hk_1"));
        assert_ne!(key("hk_1"), key("hk_2"));
        assert_eq!(bearer("opaque-1"), bearer("opaque-1"));
        assert_ne!(bearer("opaque-1"), bearer("opaque-2"));
        assert_ne!(bearer("opaque-1"), key("opaque-1"));
    }
}
