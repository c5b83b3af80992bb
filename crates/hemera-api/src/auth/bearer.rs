//! Bearer tokens: Clerk's JWTs say who calls.

use std::sync::Arc;
use std::time::Duration;

use clerk::{
    BackendApi, ClassPolicy, Error, KeySet, KeySetPolicy, KeySource, TokenClass, TokenPolicy, VerifiedToken,
    Verifier, VerifyError,
};
use freshness::Clock;
use permissions::Role;
use secrecy::ExposeSecret as _;

use super::error::{AuthError, Obstacle, Refusal};
use crate::config::ClerkConfig;

/// Which share of the requests that are worked on may wait for Clerk's key set without a key that is known: one in so many.
const WAITING_SHARE: usize = 4;

/// When to come again after too many waited.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Builds the verifier that the configuration describes. `machines`: whether any machine is configured. `concurrency`: how
/// many requests are worked on at the same time.
pub(crate) fn verifier(
    config: &ClerkConfig,
    machines: bool,
    concurrency: usize,
    api: &BackendApi,
    clock: &Arc<dyn Clock>,
) -> Verifier {
    let tokens = &config.tokens;
    let policy = TokenPolicy::for_issuer(config.issuer.as_str())
        .with_authorized_parties(tokens.authorized_parties.clone())
        .with_required_azp(tokens.require_azp)
        .with_leeway(tokens.leeway)
        .with_max_lifetime(tokens.max_lifetime);
    let policy = TokenClass::ALL.into_iter().fold(policy, |policy, class| {
        if tokens.classes.contains(&class) && (class != TokenClass::Machine || machines) {
            policy.with_class(class, class_policy(class, &tokens.audience))
        } else {
            policy.without_class(class)
        }
    });
    Verifier::new(
        policy,
        key_set(config, concurrency, api, clock),
        Arc::clone(clock),
    )
}

fn class_policy(class: TokenClass, audience: &str) -> ClassPolicy {
    let policy = ClassPolicy::default();
    match class {
        TokenClass::Template => policy.with_audience([audience]),
        // Clerk's own session tokens name no audience; one that does was made for the receiver it names.
        TokenClass::Session => policy.with_audience([audience]).with_optional_audience(),
        // For whom such a token was made is looked at when its machine is known: see `machine.rs`.
        TokenClass::Machine => policy,
    }
}

fn key_set(config: &ClerkConfig, concurrency: usize, api: &BackendApi, clock: &Arc<dyn Clock>) -> KeySet {
    let fixed = config
        .jwt_key
        .as_ref()
        .and_then(|pem| KeySet::fixed_pem(pem.expose_secret()).ok());
    fixed.unwrap_or_else(|| {
        let policy = KeySetPolicy::default()
            .with_max_age(config.tokens.keys_max_age)
            .with_grace(config.tokens.keys_grace)
            .with_window(config.tokens.keys_window)
            .with_cool_down(config.tokens.keys_cool_down)
            .with_deadline(config.timeout)
            .with_most_waiting((concurrency / WAITING_SHARE).max(1));
        KeySet::remote(KeySource::Backend(api.clone()), policy, Arc::clone(clock))
    })
}

/// What a token says, after every check.
pub(super) async fn verify(verifier: &Verifier, token: &str) -> Result<VerifiedToken, AuthError> {
    verifier.verify(token).await.map_err(|error| match error {
        VerifyError::Refused(refusal) => Refusal::Token(refusal).of_token(),
        VerifyError::KeysUnavailable { retry_in, source } => AuthError::Unavailable {
            obstacle: no_keys(source.as_ref()),
            retry_in,
            source: source.map(Into::into),
        },
        VerifyError::TooManyWait => AuthError::Unavailable {
            obstacle: Obstacle::TooManyWaitForKeys,
            retry_in: RETRY_AFTER,
            source: None,
        },
        other => AuthError::Unavailable {
            obstacle: Obstacle::Verdict,
            retry_in: RETRY_AFTER,
            source: Some(other.into()),
        },
    })
}

/// Why there are no keys, by the error of the last attempt to read them.
pub(super) fn no_keys(error: Option<&Error>) -> Obstacle {
    match error {
        Some(error) if error.is_unauthorized() => Obstacle::OurKeyRefused,
        _ => Obstacle::Keys,
    }
}

/// What the token's own claim `role` says; for those who have configured to believe it.
pub(super) fn claimed_role(token: &VerifiedToken) -> Role {
    Role::of_claim(token.claims.get("role").and_then(|role| role.as_str()))
}
