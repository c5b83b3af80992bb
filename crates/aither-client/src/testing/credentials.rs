//! Who calls: the service key, and the bearer tokens that were handed out.

use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use freshness::Moment;
use hemera_types::Role;
use hemera_types::header::X_API_KEY;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use parking_lot::Mutex;
use serde_json::json;
use uuid::Uuid;

/// The subject of the service key.
pub(super) const KEY_SUBJECT: &str = "aither-test-key";
/// The issuer in the tokens.
const ISSUER: &str = "https://clerk.in-memory.example";
/// The longest service key that is looked at.
const KEY_CHARS: usize = 512;

/// A proven caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) subject: String,
    pub(super) role: Role,
}

/// A credential that is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotProven {
    pub(super) token_was_sent: bool,
}

/// All credentials that are accepted. They never print.
pub(super) struct Credentials {
    service_key: String,
    lifetime: Duration,
    tokens: Mutex<HashMap<String, Issued>>,
}

struct Issued {
    caller: Caller,
    at: Moment,
    lifetime: Duration,
}

impl Credentials {
    /// With a service key of its own, and tokens that are valid for `lifetime`.
    pub(super) fn new(lifetime: Duration) -> Self {
        Self {
            service_key: format!("hmr_test_{}", Uuid::new_v4().simple()),
            lifetime,
            tokens: Mutex::default(),
        }
    }

    pub(super) fn service_key(&self) -> &str {
        &self.service_key
    }

    /// A new token for the service user of this role, and how long it is valid.
    pub(super) fn issue(&self, role: Role, now: Moment) -> (String, Duration) {
        let caller = Caller {
            subject: subject_of(role),
            role,
        };
        let text = token(&caller, now, self.lifetime);
        let issued = Issued {
            caller,
            at: now,
            lifetime: self.lifetime,
        };
        let mut tokens = self.tokens.lock();
        tokens.retain(|_, issued| issued.is_valid(now));
        tokens.insert(text.clone(), issued);
        (text, self.lifetime)
    }

    /// Makes every token that was handed out so far invalid.
    pub(super) fn revoke_tokens(&self) {
        self.tokens.lock().clear();
    }

    /// Makes the token of a request invalid, if it has one.
    pub(super) fn expire(&self, headers: &HeaderMap) {
        if let Some(Sent::Token(token)) = Sent::one_of(headers) {
            self.tokens.lock().remove(token);
        }
    }

    /// The caller that the one credential of a request proves.
    pub(super) fn prove(&self, headers: &HeaderMap, now: Moment) -> Result<Caller, NotProven> {
        let caller = match Sent::one_of(headers) {
            Some(Sent::Token(token)) => {
                let tokens = self.tokens.lock();
                let issued = tokens.get(token).filter(|issued| issued.is_valid(now));
                issued.map(|issued| issued.caller.clone())
            }
            Some(Sent::Key(key)) => (key == self.service_key).then(|| Caller {
                subject: KEY_SUBJECT.to_owned(),
                role: Role::ApiClient,
            }),
            None => None,
        };
        caller.ok_or_else(|| NotProven::by(headers))
    }
}

/// The subject of the tokens of a role, in the form of Clerk's ids.
pub(super) fn subject_of(role: Role) -> String {
    let number = match role {
        Role::ApiClient => 1,
        Role::Admin => 2,
        Role::Moderator => 3,
        Role::User => 4,
    };
    format!("user_inMemory{number:019}")
}

/// A token in the shape of Clerk's, because a client keeps cached responses by its subject. Nothing is signed: the tokens
/// that are accepted are known by heart.
fn token(caller: &Caller, now: Moment, lifetime: Duration) -> String {
    let since_epoch = now.wall.duration_since(UNIX_EPOCH).unwrap_or_default();
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "in-memory" });
    let claims = json!({
        "iss": ISSUER,
        "sub": caller.subject,
        "iat": since_epoch.as_secs(),
        "exp": (since_epoch + lifetime).as_secs(),
        "jti": Uuid::new_v4(),
        "role": caller.role.name(),
    });
    let parts = [header.to_string(), claims.to_string(), Uuid::new_v4().to_string()];
    parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".")
}

impl Issued {
    fn is_valid(&self, now: Moment) -> bool {
        now.since(self.at) < self.lifetime
    }
}

impl NotProven {
    pub(super) fn by(headers: &HeaderMap) -> Self {
        let first = headers.get(AUTHORIZATION);
        let token = first.and_then(|value| bearer(value.to_str().ok()?));
        Self {
            token_was_sent: token.is_some(),
        }
    }
}

/// What a caller sent to prove itself.
enum Sent<'a> {
    Token(&'a str),
    Key(&'a str),
}

impl<'a> Sent<'a> {
    /// The one credential; none where there are two, or one twice.
    fn one_of(headers: &'a HeaderMap) -> Option<Self> {
        let mut authorizations = headers.get_all(AUTHORIZATION).iter();
        let mut keys = headers.get_all(X_API_KEY).iter();
        let found = (authorizations.next(), keys.next());
        if authorizations.next().is_some() || keys.next().is_some() {
            return None;
        }
        match found {
            (Some(authorization), None) => bearer(authorization.to_str().ok()?).map(Self::Token),
            (None, Some(key)) => {
                let key = key.to_str().ok()?;
                (1..=KEY_CHARS).contains(&key.len()).then_some(Self::Key(key))
            }
            _ => None,
        }
    }
}

/// The token of `Bearer <token>`: the scheme in any case, one space, one word.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let is_word = !token.is_empty() && !token.contains(char::is_whitespace);
    (is_word && scheme.eq_ignore_ascii_case("bearer")).then_some(token)
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("tokens", &self.tokens.lock().len())
            .finish_non_exhaustive()
    }
}
