//! Exactly one credential, or none at all.

use hemera_types::header::X_API_KEY;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::error::{AuthError, Refusal};
use super::leaked_secret;

/// The longest service key that is looked at. Real ones are far shorter.
const KEY_CHARS: usize = 512;

/// What a caller sent to prove itself. Not proven yet, and never printed.
pub(super) enum Credential<'a> {
    /// A bearer token.
    Token(&'a str),
    /// A service key.
    Key(&'a str),
}

impl<'a> Credential<'a> {
    /// Finds the one credential of a request. Two of them, one sent twice, and any other scheme are refused: a
    /// server and a proxy in front of it must not be able to disagree about which one counts. A secret key of Clerk's is
    /// noticed before anything else that is wrong.
    pub(super) fn of(headers: &'a HeaderMap) -> Result<Self, AuthError> {
        let mut authorizations = headers.get_all(AUTHORIZATION).iter();
        let mut keys = headers.get_all(X_API_KEY).iter();
        let authorization = authorizations.next();
        let key = keys.next();

        let token = authorization.map(|value| value.to_str().ok().and_then(bearer_token));
        let token_was_sent = matches!(token, Some(Some(_)));
        let refuse = |refusal| {
            Err(AuthError::Unauthorized {
                refusal,
                token_was_sent,
            })
        };
        if let Some(sent_as) = leaked_secret::sent_as(headers) {
            return refuse(Refusal::ClerkSecret(sent_as));
        }
        if authorizations.next().is_some() || keys.next().is_some() {
            return refuse(Refusal::SentTwice);
        }
        match (token, key) {
            (None, None) => refuse(Refusal::NoCredential),
            (Some(_), Some(_)) => refuse(Refusal::TwoCredentials),
            (Some(None), None) => refuse(Refusal::NotABearerToken),
            (Some(Some(token)), None) => Ok(Self::Token(token)),
            (None, Some(key)) => match key.to_str() {
                Ok(key) if (1..=KEY_CHARS).contains(&key.len()) => Ok(Self::Key(key)),
                _ => refuse(Refusal::MalformedServiceKey),
            },
        }
    }
}

/// The token of `Bearer <token>`: the scheme in any case, one space, no white space in what follows.
fn bearer_token(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let plain = !token.is_empty() && !token.contains(char::is_whitespace);
    (plain && scheme.eq_ignore_ascii_case("bearer")).then_some(token)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bearer_token_is_one_word_after_one_space() {
        assert_eq!(bearer_token("Bearer abc"), Some("abc"));
        assert_eq!(bearer_token("bEARER abc"), Some("abc"));
        for odd in [
            "Bearer",
            "Bearer ",
            "Bearer  abc",
            "Bearer abc ",
            "Bearer a b",
            "Bearer\tabc",
            "Token abc",
            "abc",
        ] {
            assert_eq!(bearer_token(odd), None, "{odd:?}");
        }
    }

    /// Any bytes, and texts with blanks in them.
    fn values() -> impl Strategy<Value = Vec<u8>> {
        let text = "[ a-z\t]{0,6}".prop_map(String::into_bytes);
        prop_oneof![prop::collection::vec(any::<u8>(), 0..20), text]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        /// What is found is one word, stands in the one header to the letter, and is no secret of Clerk's.
        #[test]
        fn a_credential_is_one_plain_word_of_one_header(
            prefix in prop::sample::select(vec!["Bearer ", "bearer ", "Bearer", "Basic ", "sk_", ""]),
            tokens in prop::collection::vec(values(), 0..3),
            keys in prop::collection::vec(values(), 0..2),
        ) {
            let mut headers = HeaderMap::new();
            for token in tokens {
                if let Ok(value) = HeaderValue::from_bytes(&[prefix.as_bytes(), &token].concat()) {
                    headers.append(AUTHORIZATION, value);
                }
            }
            for key in keys {
                if let Ok(value) = HeaderValue::from_bytes(&key) {
                    headers.append(X_API_KEY, value);
                }
            }
            let Ok(found) = Credential::of(&headers) else {
                return Ok(());
            };
            prop_assert_eq!(headers.len(), 1);
            let sent = headers.values().next().unwrap().to_str().unwrap();
            let (Credential::Token(word) | Credential::Key(word)) = found;
            prop_assert!(sent.ends_with(word) && !word.is_empty());
            prop_assert!(leaked_secret::sent_as(&headers).is_none());
            if let Credential::Token(token) = found {
                prop_assert!(!token.contains(char::is_whitespace));
                prop_assert!(sent.len() == token.len() + "Bearer ".len());
            }
        }
    }
}
