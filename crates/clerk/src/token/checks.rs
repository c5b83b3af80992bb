//! What the policy demands of the claims, in order.

use std::collections::BTreeSet;
use std::time::SystemTime;

use serde_json::Value;

use super::claims::{Claims, optional_text};
use super::class::TokenClass;
use super::policy::TokenPolicy;
use super::refusal::{Claim, Refusal};

pub(super) fn check(
    policy: &TokenPolicy,
    class: TokenClass,
    claims: &Claims,
    now: SystemTime,
) -> Result<(), Refusal> {
    if !policy.accepts(class) {
        return Err(Refusal::ClassNotAccepted);
    }
    if claims.issuer != policy.issuer() {
        return Err(Refusal::WrongIssuer);
    }
    check_subject(class, claims)?;
    check_id_token(claims)?;
    check_times(policy, class, claims, now)?;
    check_audience(policy, class, claims)?;
    check_authorized_party(policy, class, claims)?;
    check_session(claims)
}

fn check_subject(class: TokenClass, claims: &Claims) -> Result<(), Refusal> {
    match claims.subject.strip_prefix(class.subject_prefix()) {
        Some(rest) if !rest.is_empty() => Ok(()),
        _ => Err(Refusal::WrongSubject),
    }
}

/// The claims of `OpenID` Connect's ID tokens that bind one to a sign-in at the application for which it was made.
const OF_ID_TOKENS: [&str; 4] = ["at_hash", "auth_time", "c_hash", "nonce"];

/// As a provider of `OpenID` Connect, Clerk signs ID tokens with the same key, for the same `sub` and `iss`, and without a
/// category of their own. They say to an application who signed in there, and are no credential for an API.
fn check_id_token(claims: &Claims) -> Result<(), Refusal> {
    let has = |name: &&str| claims.all.get(*name).is_some_and(|value| !value.is_null());
    if OF_ID_TOKENS.iter().any(has) {
        return Err(Refusal::IdToken);
    }
    Ok(())
}

/// As Clerk's own verifiers do: at `exp` + leeway the token is over, at `nbf` − leeway it begins.
fn check_times(
    policy: &TokenPolicy,
    class: TokenClass,
    claims: &Claims,
    now: SystemTime,
) -> Result<(), Refusal> {
    let lifetime = claims
        .expires_at
        .duration_since(claims.issued_at)
        .unwrap_or_default();
    if lifetime.is_zero() {
        return Err(Refusal::NoLifetime);
    }
    if lifetime > policy.max_lifetime(class) {
        return Err(Refusal::LifetimeTooLong);
    }
    // The claims lie within four-digit years and the leeway within an hour: the sums cannot overflow.
    if now >= claims.expires_at + policy.leeway() {
        return Err(Refusal::Expired);
    }
    if claims.not_before > now + policy.leeway() {
        return Err(Refusal::NotYetValid);
    }
    if claims.issued_at > now + policy.leeway() {
        return Err(Refusal::IssuedInTheFuture);
    }
    Ok(())
}

/// Only where an audience is configured; then the token must name one of ours.
fn check_audience(policy: &TokenPolicy, class: TokenClass, claims: &Claims) -> Result<(), Refusal> {
    let wanted = policy.audience(class);
    if wanted.is_empty() {
        return Ok(());
    }
    let is_ours = |text: &str| wanted.contains(text);
    let named = match claims.all.get(Claim::Audience.as_str()) {
        None | Some(Value::Null) if policy.audience_may_be_missing(class) => return Ok(()),
        None | Some(Value::Null) => return Err(Refusal::Missing(Claim::Audience)),
        Some(Value::String(text)) => is_ours(text),
        Some(Value::Array(items)) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            texts
                .ok_or(Refusal::Malformed(Claim::Audience))?
                .into_iter()
                .any(is_ours)
        }
        Some(_) => return Err(Refusal::Malformed(Claim::Audience)),
    };
    if named {
        Ok(())
    } else {
        Err(Refusal::WrongAudience)
    }
}

/// `azp` is the origin of the page that asked for the token. Tokens minted at the Backend API have none, and machines
/// have no origin at all.
fn check_authorized_party(policy: &TokenPolicy, class: TokenClass, claims: &Claims) -> Result<(), Refusal> {
    let parties: &BTreeSet<String> = policy.authorized_parties();
    match optional_text(&claims.all, Claim::AuthorizedParty)? {
        Some(party) if !parties.is_empty() && !parties.contains(party) => Err(Refusal::WrongAuthorizedParty),
        None if policy.requires_azp() && class != TokenClass::Machine => {
            Err(Refusal::Missing(Claim::AuthorizedParty))
        }
        _ => Ok(()),
    }
}

/// Neither a session with outstanding tasks nor one in which another person acts as the user.
fn check_session(claims: &Claims) -> Result<(), Refusal> {
    match optional_text(&claims.all, Claim::SessionStatus)? {
        None | Some("active") => {}
        Some(_) => return Err(Refusal::SessionNotActive),
    }
    match claims.all.get(Claim::Actor.as_str()) {
        None | Some(Value::Null) => Ok(()),
        Some(_) => Err(Refusal::Impersonated),
    }
}
