//! Tokens that are wrong on purpose: every field can be overridden, signed by the wrong key, or damaged.

use std::sync::OnceLock;
use std::time::Duration;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_SHA256,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::clock::Stamp;
use crate::id;
use crate::key::{KeyError, KeyPair};
use crate::refusal::Refusal;
use crate::token::{self, Signer, Unsigned};
use crate::world::World;

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
    /// A key of somebody else, under the instance's `kid`.
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

/// Makes the token.
pub(crate) fn forge(app: &App, forgery: &Forgery) -> Result<String, Refusal> {
    let now = app.now();
    let minted_at = Stamp::from_millis(
        now.millis()
            .saturating_sub(forgery.age_seconds.saturating_mul(1000)),
    );
    let (mut token, key, previous) = {
        let mut world = app.world();
        let token = base(&mut world, forgery, minted_at, now)?;
        (token, world.keys.current(), world.keys.previous())
    };
    let signing = match forgery.sign_with {
        SignWith::Previous => {
            previous.ok_or_else(|| Refusal::bad_request("no key came before; rotate first"))?
        }
        _ => key,
    };
    token
        .header
        .insert("alg".to_owned(), json!(algorithm(forgery.sign_with)));
    if forgery.sign_with == SignWith::Previous {
        token.header.insert("kid".to_owned(), json!(signing.kid()));
    }
    overlay(&mut token.header, &forgery.header);
    overlay(&mut token.claims, &forgery.claims);
    let header = forgery
        .raw_header
        .clone()
        .unwrap_or_else(|| token::text(&token.header));
    let claims = forgery
        .raw_claims
        .clone()
        .unwrap_or_else(|| token::text(&token.claims));
    let input = token::signing_input(&header, &claims);
    let mut signature = sign(forgery.sign_with, &signing, input.as_bytes())?;
    match forgery.damage {
        Damage::Undamaged => {}
        Damage::Emptied => signature.clear(),
        Damage::Removed => return Ok(input),
        Damage::Truncated => drop(signature.pop()),
        Damage::Lengthened => signature.push(0),
        Damage::Zeroed => signature.fill(0),
        Damage::Flipped => signature.iter_mut().take(1).for_each(|byte| *byte ^= 1),
    }
    Ok(token::compact(&input, &signature))
}

fn base(world: &mut World, forgery: &Forgery, minted_at: Stamp, now: Stamp) -> Result<Unsigned, Refusal> {
    let needed = |what: &Option<String>, name: &str| {
        what.clone()
            .ok_or_else(|| Refusal::bad_request(format!("{name} must be given")))
    };
    let user_id = |world: &World, name: &str| {
        world
            .user_named(name)
            .map(|user| user.id.clone())
            .ok_or_else(|| Refusal::not_found("user", name))
    };
    match forgery.base {
        Base::Bare => Ok(Unsigned::new(world.keys.current(), None, Map::new())),
        Base::Session => {
            let user = user_id(world, &needed(&forgery.user, "user")?)?;
            let live = world
                .find_sessions(Some(&user), None, None, now)
                .into_iter()
                .find(|one| one.is_live_at(now));
            let session = if let Some(session) = live.cloned() {
                session
            } else {
                let client = world.create_client(now);
                world.begin_session(&user, &client, now)
            };
            world.session_token(&session, None, None, minted_at)
        }
        Base::Template => {
            let user = user_id(world, &needed(&forgery.user, "user")?)?;
            let template = world.jwt_template_named(&needed(&forgery.template, "template")?)?;
            let mut unsigned = world.template_token(world.user(&user)?, template, None, None, minted_at);
            unsigned.signer = Signer::Rsa(world.keys.current());
            Ok(unsigned)
        }
        Base::Machine => {
            let name = needed(&forgery.machine, "machine")?;
            let found = world
                .machines
                .values()
                .find(|machine| machine.id == name || machine.name == name);
            let machine = found.ok_or_else(|| Refusal::not_found("machine", &name))?;
            let life = Duration::from_secs(u64::try_from(machine.default_token_ttl).unwrap_or(0));
            Ok(world.m2m_jwt(
                machine,
                &id::token("mt"),
                Map::new(),
                minted_at.plus(life),
                minted_at,
            ))
        }
    }
}

fn overlay(target: &mut Map<String, Value>, changes: &Map<String, Value>) {
    for (name, value) in changes {
        if value.is_null() {
            target.remove(name);
        } else {
            target.insert(name.clone(), value.clone());
        }
    }
}

const fn algorithm(sign_with: SignWith) -> &'static str {
    match sign_with {
        SignWith::Instance | SignWith::Previous | SignWith::Foreign => "RS256",
        SignWith::Rs384 => "RS384",
        SignWith::Rs512 => "RS512",
        SignWith::Ps256 => "PS256",
        SignWith::Es256 => "ES256",
        SignWith::HmacPem | SignWith::HmacDer | SignWith::HmacModulus | SignWith::HmacJwk => "HS256",
        SignWith::Nothing => "none",
    }
}

fn sign(with: SignWith, key: &KeyPair, input: &[u8]) -> Result<Vec<u8>, KeyError> {
    let hmac = |secret: &[u8]| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input)
            .as_ref()
            .to_vec()
    };
    Ok(match with {
        SignWith::Instance | SignWith::Previous => key.sign(&RSA_PKCS1_SHA256, input)?,
        SignWith::Foreign => foreign()?.sign(&RSA_PKCS1_SHA256, input)?,
        SignWith::Rs384 => key.sign(&RSA_PKCS1_SHA384, input)?,
        SignWith::Rs512 => key.sign(&RSA_PKCS1_SHA512, input)?,
        SignWith::Ps256 => key.sign(&RSA_PSS_SHA256, input)?,
        SignWith::Es256 => {
            let fresh = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
            let fresh = fresh.map_err(|_| KeyError("no P-256 key could be generated"))?;
            let signed = fresh.sign(&SystemRandom::new(), input);
            signed
                .map_err(|_| KeyError("the P-256 key refused to sign"))?
                .as_ref()
                .to_vec()
        }
        SignWith::HmacPem => hmac(key.public_pem()?.as_bytes()),
        SignWith::HmacDer => hmac(&key.public_der()?),
        SignWith::HmacModulus => hmac(&key.modulus()),
        SignWith::HmacJwk => hmac(key.jwk().to_string().as_bytes()),
        SignWith::Nothing => Vec::new(),
    })
}

/// Somebody else's key: one for the life of the process, since making one takes a while.
fn foreign() -> Result<&'static KeyPair, KeyError> {
    static FOREIGN: OnceLock<KeyPair> = OnceLock::new();
    if let Some(key) = FOREIGN.get() {
        return Ok(key);
    }
    let fresh = KeyPair::generate(String::new())?;
    Ok(FOREIGN.get_or_init(|| fresh))
}
