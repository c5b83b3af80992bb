//! The claims that every token must have, each of the right type; the rest is kept as it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::compact::decode;
use super::refusal::{Claim, Refusal};
use super::strict_json::parse_object;

/// The last second of the year 9999. What lies beyond is a mistake, and does not fit every clock.
const LAST_SECOND: u64 = 253_402_300_799;

/// Clerk's ids have 32 characters.
const MAX_ID: usize = 255;

/// Claims of a token whose signature is good.
#[derive(Debug)]
pub(super) struct Claims {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) session_id: Option<String>,
    pub(super) expires_at: SystemTime,
    pub(super) not_before: SystemTime,
    pub(super) issued_at: SystemTime,
    pub(super) all: Map<String, Value>,
}

impl Claims {
    pub(super) fn parse(segment: &str) -> Result<Self, Refusal> {
        let all = parse_object(&decode(segment)?).map_err(|_| Refusal::BadClaims)?;
        Ok(Self {
            issuer: required_text(&all, Claim::Issuer)?.to_owned(),
            subject: id(required_text(&all, Claim::Subject)?, Claim::Subject)?,
            session_id: optional_text(&all, Claim::SessionId)?
                .map(|text| id(text, Claim::SessionId))
                .transpose()?,
            expires_at: time(&all, Claim::ExpiresAt)?,
            not_before: time(&all, Claim::NotBefore)?,
            issued_at: time(&all, Claim::IssuedAt)?,
            all,
        })
    }
}

pub(super) fn required_text(all: &Map<String, Value>, claim: Claim) -> Result<&str, Refusal> {
    optional_text(all, claim)?.ok_or(Refusal::Missing(claim))
}

/// `null` is as good as absent: templates render a missing shortcode as `null`.
pub(super) fn optional_text(all: &Map<String, Value>, claim: Claim) -> Result<Option<&str>, Refusal> {
    match all.get(claim.as_str()) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::Malformed(claim)),
    }
}

fn id(text: &str, claim: Claim) -> Result<String, Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=MAX_ID).contains(&text.len()) && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err(Refusal::Malformed(claim))
    }
}

/// Whole seconds since 1970, as an integer: neither `1e9` nor `1.0` nor `"1"`.
fn time(all: &Map<String, Value>, claim: Claim) -> Result<SystemTime, Refusal> {
    let seconds = match all.get(claim.as_str()) {
        None | Some(Value::Null) => return Err(Refusal::Missing(claim)),
        Some(value) => value
            .as_u64()
            .filter(|seconds| (1..=LAST_SECOND).contains(seconds)),
    };
    let time = seconds.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    time.ok_or(Refusal::Malformed(claim))
}
