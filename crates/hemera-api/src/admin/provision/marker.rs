//! The mark of a shut-out in the user's private metadata, which only the secret key reads and writes.

use std::collections::BTreeMap;
use std::time::SystemTime;

use clerk::{Identifier, User};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::time::timestamp;

/// The member of the user's private metadata that is ours.
pub(super) const OURS: &str = "hemera";

/// The member that holds the marker.
const SHUT_OUT: &str = "shutOut";

/// That the user is shut out: since when, and what it could sign in with then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Marker {
    /// When the shut-out began, in RFC 3339.
    #[serde(rename = "at")]
    pub since: String,
    /// The ids of what the user could sign in with when the shut-out began, by kind.
    identifiers: BTreeMap<String, Vec<String>>,
    /// Whether a password was set.
    password: bool,
}

impl Marker {
    /// The marker that a user has. One that cannot be read stands all the same, and knows of no identifier.
    pub(crate) fn of(user: &User) -> Option<Self> {
        let found = user.private_metadata.as_ref()?.get(OURS)?.get(SHUT_OUT)?;
        (!found.is_null()).then(|| Self::deserialize(found).unwrap_or_default())
    }

    /// The marker of a shut-out that begins at `now`.
    pub(super) fn new(user: &User, now: SystemTime) -> Self {
        let mut identifiers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for Identifier { kind, id } in user.identifiers() {
            identifiers.entry(kind.as_str().to_owned()).or_default().push(id);
        }
        Self {
            since: timestamp(now),
            identifiers,
            password: user.password_enabled,
        }
    }

    /// What the user can sign in with and could not when the shut-out began.
    pub(super) fn added(&self, user: &User) -> Vec<Identifier> {
        let was_there = |one: &Identifier| {
            let of_kind = self.identifiers.get(one.kind.as_str());
            of_kind.is_some_and(|ids| ids.contains(&one.id))
        };
        let mut all = user.identifiers();
        all.retain(|one| !was_there(one));
        all
    }

    /// The change of private metadata that sets the marker.
    pub(super) fn set(&self) -> Map<String, Value> {
        ours(&json!({ SHUT_OUT: self }))
    }

    /// The change of private metadata that removes marker and noted sign-in tokens.
    pub(super) fn removed() -> Map<String, Value> {
        ours(&json!(null))
    }
}

/// A change of private metadata, as Clerk merges it.
pub(super) fn ours(change: &Value) -> Map<String, Value> {
    Map::from_iter([(OURS.to_owned(), change.clone())])
}
