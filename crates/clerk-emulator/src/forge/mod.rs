//! Tokens that are wrong on purpose: every field can be overridden, signed by the wrong key, or damaged.

mod make;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(crate) use make::forge;

/// What the token would be if nothing were wrong with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// A session token of `user`, from a live session of that user (a new one where there is none).
    Session,
    /// A token of `user` from the JWT template `template`.
    Template,
    /// An M2M JWT of `machine`.
    Machine,
    /// The header of an RS256 token and no claims at all.
    #[default]
    Bare,
}

/// With what the token is signed. Each sets `alg` to what it is; `header` can say otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignWith {
    /// The instance's key, RS256.
    #[default]
    Instance,
    /// The key before the last rotation, under its own `kid`.
    Previous,
    /// A key that is not the instance's, under the instance's `kid`.
    Foreign,
    /// The instance's key, RS384.
    Rs384,
    /// The instance's key, RS512.
    Rs512,
    /// The instance's key, PS256.
    Ps256,
    /// A fresh P-256 key, ES256.
    Es256,
    /// HS256 with the instance's public key as PEM for a secret.
    HmacPem,
    /// HS256 with the instance's public key as DER for a secret.
    HmacDer,
    /// HS256 with the modulus for a secret.
    HmacModulus,
    /// HS256 with the JWK for a secret.
    HmacJwk,
    /// Nothing: `alg` is `none` and the signature empty.
    Nothing,
}

/// What happens to the signature afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// It stays as it is.
    #[default]
    Undamaged,
    /// It is left empty: the token ends with a dot.
    Emptied,
    /// It is left out with its dot: two parts remain.
    Removed,
    /// It loses its last byte.
    Truncated,
    /// It gains a byte.
    Lengthened,
    /// All its bytes are zero.
    Zeroed,
    /// One bit of its first byte is flipped.
    Flipped,
}

/// A token to be forged. In `header` and `claims` null removes a field; `raw_header` and `raw_claims` replace the
/// whole text, valid JSON or not.
///
/// ```
/// use clerk_emulator::{Forgery, SignWith};
/// let forgery = Forgery::template("aither-service@hemera-academy.com", "hemera-api")
///     .with_claim("iss", "https://clerk.example.com")
///     .without_header("kid")
///     .signed_with(SignWith::Foreign);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Forgery {
    base: Base,
    /// Id or e-mail address.
    user: Option<String>,
    /// Name of a JWT template.
    template: Option<String>,
    /// Id or name.
    machine: Option<String>,
    /// Minted this many seconds ago; negative: ahead.
    age_seconds: i64,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    raw_header: Option<String>,
    raw_claims: Option<String>,
    sign_with: SignWith,
    damage: Damage,
}

impl Forgery {
    /// From a session token of this user (id or e-mail address).
    pub fn session(user: impl Into<String>) -> Self {
        Self {
            base: Base::Session,
            user: Some(user.into()),
            ..Self::default()
        }
    }

    /// From a template token of this user (id or e-mail address).
    pub fn template(user: impl Into<String>, template: impl Into<String>) -> Self {
        let (user, template) = (Some(user.into()), Some(template.into()));
        Self {
            base: Base::Template,
            user,
            template,
            ..Self::default()
        }
    }

    /// From an M2M JWT of this machine (id or name).
    pub fn machine(machine: impl Into<String>) -> Self {
        Self {
            base: Base::Machine,
            machine: Some(machine.into()),
            ..Self::default()
        }
    }

    /// Sets a claim. Null removes it.
    #[must_use]
    pub fn with_claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Removes a claim.
    #[must_use]
    pub fn without_claim(self, name: &str) -> Self {
        self.with_claim(name, Value::Null)
    }

    /// Sets a header field. Null removes it.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Removes a header field.
    #[must_use]
    pub fn without_header(self, name: &str) -> Self {
        self.with_header(name, Value::Null)
    }

    /// The text of the claims, as it is: for duplicate names, real nulls, and what is no JSON.
    #[must_use]
    pub fn with_raw_claims(mut self, text: impl Into<String>) -> Self {
        self.raw_claims = Some(text.into());
        self
    }

    /// The text of the header, as it is.
    #[must_use]
    pub fn with_raw_header(mut self, text: impl Into<String>) -> Self {
        self.raw_header = Some(text.into());
        self
    }

    /// Minted this long ago.
    #[must_use]
    pub fn aged(mut self, age: Duration) -> Self {
        self.age_seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        self
    }

    /// Minted by a clock that is this far ahead.
    #[must_use]
    pub fn ahead(mut self, span: Duration) -> Self {
        self.age_seconds = -i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
        self
    }

    /// Signed with something else than the instance's key.
    #[must_use]
    pub const fn signed_with(mut self, signer: SignWith) -> Self {
        self.sign_with = signer;
        self
    }

    /// Damaged after it was signed.
    #[must_use]
    pub const fn damaged(mut self, damage: Damage) -> Self {
        self.damage = damage;
        self
    }
}
