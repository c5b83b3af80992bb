//! Settings of Clerk: whose tokens are accepted, and how to ask Clerk about their subjects.

use std::time::Duration;

use clerk::{PublishableKey, SecretKey};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::setting::{List, TrustedOrigin};
use super::source::Source;
use super::{cool_down, key};

/// How to reach Clerk, and which of its tokens to accept.
#[derive(Clone, Debug)]
pub struct ClerkConfig {
    /// The key for Clerk's Backend API.
    pub secret_key: SecretKey,
    /// The origin of the Backend API.
    pub api_url: Url,
    /// The issuer of accepted tokens: the origin of the instance's Frontend API.
    pub issuer: Url,
    /// The public key of the instance in PEM. With it, verification needs no network.
    pub jwt_key: Option<SecretString>,
    /// How long one call to Clerk may take.
    pub timeout: Duration,
    /// What is asked of tokens beyond signature, issuer and times.
    pub tokens: TokensConfig,
}

/// What is asked of a token beyond signature, issuer and times, and how its keys are kept.
#[derive(Clone, Debug)]
pub struct TokensConfig {
    /// The audience that template tokens must name. `None`: not checked.
    pub audience: Option<String>,
    /// The origins that a token's `azp` may name. Empty: not checked.
    pub authorized_parties: Vec<String>,
    /// Whether a token without `azp` is refused. Tokens minted at the Backend API carry none.
    pub require_azp: bool,
    /// How far the clocks of Clerk and this server may differ.
    pub leeway: Duration,
    /// The longest life of a token, from `iat` to `exp`.
    pub max_lifetime: Duration,
    /// The age at which the key set is read again: a withdrawn key is trusted no longer than this.
    pub keys_max_age: Duration,
    /// How much longer known keys are used while Clerk does not answer.
    pub keys_grace: Duration,
    /// The least time between two reads that an unknown key id or a bad signature may cause.
    pub keys_window: Duration,
    /// The least time between two reads after one has failed.
    pub keys_cool_down: Duration,
}

impl ClerkConfig {
    pub(super) fn take(source: &mut Source) -> Option<Self> {
        let secret_key = secret_key(source);
        let api_url = source
            .take::<TrustedOrigin>(&key::CLERK_API_URL)
            .map(|origin| origin.0);
        let issuer = issuer(source);
        let jwt_key = jwt_key(source);
        let timeout = source.span(
            &key::CLERK_TIMEOUT,
            Duration::from_millis(10),
            Duration::from_mins(1),
        );
        let tokens = TokensConfig::take(source);
        Some(Self {
            secret_key: secret_key?,
            api_url: api_url?,
            issuer: issuer?,
            jwt_key,
            timeout,
            tokens,
        })
    }
}

impl TokensConfig {
    fn take(source: &mut Source) -> Self {
        let second = Duration::from_secs(1);
        let day = Duration::from_hours(24);
        let keys_max_age = source.span(&key::TOKENS_KEYS_MAX_AGE, second, day);
        let List(authorized_parties) = source.take(&key::TOKENS_AUTHORIZED_PARTIES).unwrap_or_default();
        Self {
            audience: source.take(&key::TOKENS_AUDIENCE),
            authorized_parties,
            require_azp: source.flag(&key::TOKENS_REQUIRE_AZP),
            leeway: source.span(&key::TOKENS_LEEWAY, Duration::ZERO, Duration::from_mins(1)),
            max_lifetime: source.span(&key::TOKENS_MAX_LIFETIME, second, day),
            keys_max_age,
            keys_grace: source.span(&key::TOKENS_KEYS_GRACE, Duration::ZERO, day),
            keys_cool_down: cool_down::take(
                source,
                &key::TOKENS_KEYS_COOL_DOWN,
                day,
                (&key::TOKENS_KEYS_MAX_AGE, keys_max_age),
            ),
            keys_window: source.span(&key::TOKENS_KEYS_WINDOW, Duration::ZERO, day),
        }
    }
}

fn secret_key(source: &mut Source) -> Option<SecretKey> {
    let missing = !source.is_set(&key::CLERK_SECRET_KEY);
    let Some(text) = source.secret(&key::CLERK_SECRET_KEY) else {
        if missing {
            source.missing(
                &key::CLERK_SECRET_KEY,
                "set it to the instance's secret key, sk_live_… or sk_test_…",
            );
        }
        return None;
    };
    let parsed = SecretKey::parse(text.expose_secret().to_owned()).ok();
    if parsed.is_none() {
        source.fault(
            &key::CLERK_SECRET_KEY,
            "must be a secret key of Clerk, sk_live_… or sk_test_…",
        );
    }
    parsed
}

/// The issuer as it is set, or as the publishable key tells it.
fn issuer(source: &mut Source) -> Option<Url> {
    let publishable = source
        .take::<String>(&key::CLERK_PUBLISHABLE_KEY)
        .and_then(|text| {
            let parsed = PublishableKey::parse(&text).ok();
            if parsed.is_none() {
                source.fault(
                    &key::CLERK_PUBLISHABLE_KEY,
                    "must be a publishable key of Clerk, pk_live_… or pk_test_…",
                );
            }
            parsed
        });
    if source.is_set(&key::CLERK_ISSUER) {
        return source
            .take::<TrustedOrigin>(&key::CLERK_ISSUER)
            .map(|origin| origin.0);
    }
    if !source.is_set(&key::CLERK_PUBLISHABLE_KEY) {
        source.missing(
            &key::CLERK_ISSUER,
            "set it to the instance's Frontend API, or set CLERK_PUBLISHABLE_KEY",
        );
    }
    publishable.map(|key| key.frontend().clone())
}

fn jwt_key(source: &mut Source) -> Option<SecretString> {
    let text = source.secret(&key::CLERK_JWT_KEY)?;
    // Environment files have no line breaks: Clerk's own SDKs accept the two characters `\n` for one.
    let pem = text.expose_secret().replace("\\n", "\n");
    if clerk::KeySet::fixed_pem(&pem).is_err() {
        source.fault(
            &key::CLERK_JWT_KEY,
            "must be an RSA public key in PEM, -----BEGIN PUBLIC KEY-----",
        );
    }
    Some(SecretString::from(pem))
}
