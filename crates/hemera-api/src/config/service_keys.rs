//! Settings of the service keys: the way in when Clerk cannot be used. None by default.

use hemera_types::Timestamp;
use time::OffsetDateTime;

use super::source::{Source, text_in};

/// The table of the keys, each under a name of the operator's choice.
pub(super) const TABLE: &str = "service_keys";

/// One key that is accepted in `X-API-Key`. Only its hash is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceKeyConfig {
    /// The name of the key, for logs and the audit log.
    pub name: String,
    /// Who calls with it.
    pub subject: String,
    /// The SHA-256 of the key.
    pub sha256: [u8; 32],
    /// From when on it is refused. `None`: never.
    pub expires: Option<OffsetDateTime>,
}

pub(super) fn take(source: &mut Source) -> Vec<ServiceKeyConfig> {
    let mut keys = Vec::new();
    for (name, value) in source.table(TABLE) {
        let path = format!("{TABLE}.{name}");
        let Some(table) = value.into_dict() else {
            source.fault_at(&path, "must have sha256 and subject, and may have expires");
            continue;
        };
        for unknown in table
            .keys()
            .filter(|key| !matches!(key.as_str(), "sha256" | "subject" | "expires"))
        {
            source.fault_at(
                &format!("{path}.{unknown}"),
                "is not a setting of a service key; it has sha256, subject and expires",
            );
        }
        let sha256 = text_in(&table, "sha256").as_deref().and_then(hash);
        if sha256.is_none() {
            source.fault_at(
                &format!("{path}.sha256"),
                "must be the SHA-256 of the key, 64 hexadecimal digits",
            );
        }
        let subject = text_in(&table, "subject").filter(|subject| is_subject(subject));
        if subject.is_none() {
            source.fault_at(
                &format!("{path}.subject"),
                "must be who calls with the key, 1 to 64 of A-Z a-z 0-9 _ -",
            );
        }
        let expires = text_in(&table, "expires").map(|text| Timestamp::parse(&text));
        if matches!(expires, Some(Err(_))) {
            source.fault_at(
                &format!("{path}.expires"),
                "must be a time such as 2027-01-31T00:00:00Z",
            );
        }
        if let (Some(sha256), Some(subject)) = (sha256, subject) {
            keys.push(ServiceKeyConfig {
                name,
                subject,
                sha256,
                expires: expires.and_then(Result::ok).map(Timestamp::to_offset_date_time),
            });
        }
    }
    keys
}

fn hash(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair)
            .ok()
            .filter(|pair| !pair.starts_with('+'))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}

fn is_subject(text: &str) -> bool {
    hemera_types::UserId::parse(text).is_ok()
}
