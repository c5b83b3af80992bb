//! The properties of all tokens, good or bad. The fuzz targets `token` and `claims` hold it against millions of
//! inputs; the tests beside this file hold it against the seeds of both.
//!
//! An oracle of its own reads header and claims once more, as leniently as serde does, and says what must become of them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clerk::{ClassPolicy, KeySet, TokenClass, TokenPolicy, Verifier, VerifyError};
use freshness::ManualClock;
use futures_util::FutureExt as _;
use serde_json::{Map, Value};

/// When all of this takes place, in seconds.
const NOW: u64 = 1_790_000_000;
const LEEWAY: u64 = 5;
const LONGEST_LIFE: u64 = 3600;
const ISSUER: &str = "https://clerk.hemera-academy.com";
const PARTY: &str = "https://app.hemera-academy.com";
const AUDIENCE: &str = "hemera-api";
const LONGEST_TOKEN: usize = 8192;

/// Reasons that are found before the claims are read.
const BEFORE_CLAIMS: [&str; 11] = [
    "too_large",
    "not_compact",
    "bad_encoding",
    "bad_header",
    "header_not_allowed",
    "algorithm_not_allowed",
    "wrong_type",
    "unknown_category",
    "key_id_missing",
    "key_id_malformed",
    "bad_signature",
];

/// Accepts all classes; template tokens must be for us.
pub(crate) fn verifier(pem: &str) -> Verifier {
    let any_audience = || ClassPolicy::default().with_audience(<[&str; 0]>::default());
    let policy = TokenPolicy::for_issuer(ISSUER)
        .with_authorized_parties([PARTY])
        .with_audience([AUDIENCE])
        .with_class(TokenClass::Session, any_audience())
        .with_class(TokenClass::Machine, any_audience());
    let now = UNIX_EPOCH + Duration::from_secs(NOW);
    Verifier::new(
        policy,
        KeySet::fixed_pem(pem).unwrap(),
        Arc::new(ManualClock::at(now)),
    )
}

/// What becomes of a text: `accepted`, or the reason.
pub(crate) fn outcome(verifier: &Verifier, text: &str) -> &'static str {
    // The keys are fixed: the future is ready immediately.
    match verifier.verify(text).now_or_never().unwrap() {
        Ok(_) => "accepted",
        Err(VerifyError::Refused(refusal)) => refusal.reason(),
        Err(error) => panic!("a fixed key was out of reach: {error}"),
    }
}

/// Without the key no token can be made: a text that is accepted, or refused for its claims, is exactly one that the
/// key's owner has signed. And no token with a header that the policy does not allow comes as far as the signature.
pub(crate) fn judge_token(verifier: &Verifier, signed: &BTreeSet<String>, input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let found = outcome(verifier, text);
    assert_eq!(
        found == "too_large",
        text.len() > LONGEST_TOKEN,
        "{found}: {} bytes",
        text.len()
    );
    if !BEFORE_CLAIMS.contains(&found) {
        assert!(signed.contains(text), "{found}, although it was not signed");
    }
    if found == "bad_signature" || !BEFORE_CLAIMS.contains(&found) {
        let header = text
            .split('.')
            .next()
            .and_then(|segment| URL_SAFE_NO_PAD.decode(segment).ok());
        let header = header.and_then(|bytes| object(&bytes)).unwrap();
        assert!(header_is_allowed(&header), "{found}: {header:?}");
    }
}

/// Under a good signature just those headers and claims are accepted that the oracle finds good, and what comes out is
/// what stands in them. The input is a header, a line feed, and claims.
pub(crate) fn judge_claims(verifier: &Verifier, sign: impl Fn(&str) -> Vec<u8>, input: &[u8]) {
    let mut halves = input.splitn(2, |byte| *byte == b'\n');
    let (header, claims) = (
        halves.next().unwrap_or_default(),
        halves.next().unwrap_or_default(),
    );
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    // Signing costs as much as a thousand refusals: only what comes as far as the signature gets one.
    let dummy = format!("{message}.{}", "A".repeat(342));
    let text = match outcome(verifier, &dummy) {
        "bad_signature" => format!("{message}.{}", URL_SAFE_NO_PAD.encode(sign(&message))),
        _ => dummy,
    };
    let found = outcome(verifier, &text);
    let good = match (object(header), object(claims)) {
        (Some(header), Some(claims)) => header_is_allowed(&header) && claims_are_good(&header, &claims),
        _ => false,
    };
    // Serde forgives what the policy does not: a member that stands twice, deep nesting.
    let not_strict = matches!(found, "bad_header" | "bad_claims") || text.len() > LONGEST_TOKEN;
    assert!(found == "accepted" || !good || not_strict, "refused for {found}");
    assert!(found != "accepted" || good, "accepted");
    if found == "accepted" {
        let token = verifier.verify(&text).now_or_never().unwrap().unwrap();
        assert_eq!(Some(&token.claims), object(claims).as_ref());
        assert_eq!(token.claims["sub"], *token.subject);
    }
}

fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(bytes).ok()
}

fn header_is_allowed(header: &Map<String, Value>) -> bool {
    let known = ["alg", "cat", "kid", "oiat", "typ"];
    let is_key_id = |text: &str| (1..=128).contains(&text.len()) && has_alphabet(text, "_-.");
    let categories = [
        "cl_B7d4PD111AAA",
        "cl_B7d4PD222AAA",
        "cl_B7d4PD333AAA",
        "cl_I7d4PD111III",
    ];
    header.keys().all(|name| known.contains(&name.as_str()))
        && header.get("alg").is_some_and(|alg| alg == "RS256")
        && header.get("typ").is_none_or(|typ| typ == "JWT")
        && header
            .get("cat")
            .is_none_or(|cat| categories.iter().any(|known| cat == known))
        && header.get("kid").and_then(Value::as_str).is_some_and(is_key_id)
}

fn claims_are_good(header: &Map<String, Value>, claims: &Map<String, Value>) -> bool {
    let claim = |name: &str| claims.get(name).filter(|value| !value.is_null());
    let is_id = |text: &&str| (1..=255).contains(&text.len()) && has_alphabet(text, "_-");
    let Some(subject) = claim("sub").and_then(Value::as_str).filter(is_id) else {
        return false;
    };
    let is_machine = subject.starts_with("mch_");
    let is_session = !is_machine && claim("sid").is_some();
    let is_template = !is_machine && !is_session;
    let rest = subject.strip_prefix(if is_machine { "mch_" } else { "user_" });
    let category_fits = match header.get("cat").and_then(Value::as_str) {
        Some("cl_B7d4PD111AAA") => is_session,
        Some("cl_B7d4PD222AAA") => is_template,
        Some("cl_B7d4PD333AAA") => is_machine,
        Some(_) => !is_machine,
        None => true,
    };
    category_fits
        && rest.is_some_and(|rest| !rest.is_empty())
        && claim("sid").is_none_or(|sid| sid.as_str().is_some_and(|text| is_id(&text)))
        && claim("iss").is_some_and(|issuer| issuer == ISSUER)
        && claim("azp").is_none_or(|party| party == PARTY)
        && claim("sts").is_none_or(|status| status == "active")
        && claim("act").is_none()
        && ["at_hash", "auth_time", "c_hash", "nonce"]
            .iter()
            .all(|name| claim(name).is_none())
        && (!is_template || claim("aud").is_some_and(names_us))
        && times_are_good(claims)
}

fn names_us(audience: &Value) -> bool {
    match audience {
        Value::Array(all) => all.iter().all(Value::is_string) && all.iter().any(|one| one == AUDIENCE),
        one => one == AUDIENCE,
    }
}

fn times_are_good(claims: &Map<String, Value>) -> bool {
    // The last second of the year 9999.
    let time = |name: &str| {
        claims
            .get(name)?
            .as_u64()
            .filter(|time| (1..=253_402_300_799).contains(time))
    };
    let (Some(from), Some(issued), Some(until)) = (time("nbf"), time("iat"), time("exp")) else {
        return false;
    };
    let life = until.saturating_sub(issued);
    (1..=LONGEST_LIFE).contains(&life)
        && NOW < until + LEEWAY
        && from <= NOW + LEEWAY
        && issued <= NOW + LEEWAY
}

fn has_alphabet(text: &str, besides: &str) -> bool {
    text.chars()
        .all(|each| each.is_ascii_alphanumeric() || besides.contains(each))
}
