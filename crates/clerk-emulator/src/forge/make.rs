//! Making the token that a forgery describes.

use std::sync::OnceLock;
use std::time::Duration;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_SHA256,
};
use serde_json::{Map, Value, json};

use super::{Base, Damage, Forgery, SignWith};
use crate::app::App;
use crate::clock::Stamp;
use crate::id;
use crate::key::{KeyError, KeyPair};
use crate::refusal::Refusal;
use crate::token::{self, Signer, Unsigned};
use crate::world::World;

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

/// The key that is not the instance's: one for the life of the process, since making one takes long.
fn foreign() -> Result<&'static KeyPair, KeyError> {
    static FOREIGN: OnceLock<KeyPair> = OnceLock::new();
    if let Some(key) = FOREIGN.get() {
        return Ok(key);
    }
    let fresh = KeyPair::generate(String::new())?;
    Ok(FOREIGN.get_or_init(|| fresh))
}
