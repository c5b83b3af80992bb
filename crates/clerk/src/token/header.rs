//! The header of a token, read before anything is trusted: it may name a key and a category, and nothing else.

use serde_json::{Map, Value};

use super::class::Category;
use super::compact::decode;
use super::policy::TokenPolicy;
use super::refusal::Refusal;
use super::strict_json::parse_object;

/// What Clerk puts into headers. `oiat` is Clerk's own business and is not read. Everything else is refused, above
/// all what RFC 7515 gives a meaning to: `crit`, `b64`, `zip`, and keys that a token would bring or point to itself
/// (`jku`, `jwk`, `x5u`, `x5c`, `x5t`).
const FIELDS: [&str; 5] = ["alg", "cat", "kid", "oiat", "typ"];

/// Clerk's key ids have 31 characters.
const MAX_KEY_ID: usize = 128;

/// What is read from a header.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) key_id: String,
    pub(super) category: Category,
}

impl Header {
    pub(super) fn parse(segment: &str, policy: &TokenPolicy) -> Result<Self, Refusal> {
        let mut fields = parse_object(&decode(segment)?).map_err(|_| Refusal::BadHeader)?;
        let known = |field: &String| FIELDS.contains(&field.as_str()) || policy.allows_header_field(field);
        if !fields.keys().all(known) {
            return Err(Refusal::HeaderNotAllowed);
        }
        if text(&fields, "alg") != Some("RS256") {
            return Err(Refusal::AlgorithmNotAllowed);
        }
        if fields.contains_key("typ") && text(&fields, "typ") != Some("JWT") {
            return Err(Refusal::WrongType);
        }
        let category = match fields.get("cat") {
            None => Category::Absent,
            Some(Value::String(text)) => Category::parse(text).ok_or(Refusal::UnknownCategory)?,
            Some(_) => return Err(Refusal::UnknownCategory),
        };
        match fields.remove("kid") {
            None => Err(Refusal::KeyIdMissing),
            Some(Value::String(key_id)) if is_key_id(&key_id) => Ok(Self { key_id, category }),
            Some(_) => Err(Refusal::KeyIdMalformed),
        }
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

/// An id that no key set of Clerk's can have is not worth a look into one.
fn is_key_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=MAX_KEY_ID).contains(&text.len()) && text.bytes().all(allowed)
}
