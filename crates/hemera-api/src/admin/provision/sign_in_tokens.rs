//! The sign-in tokens that were handed over and may still be redeemed: Clerk does not list them, so they are noted in the
//! user's private metadata, to be revoked with a shut-out.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use clerk::{Error, Metadata, User};
use serde_json::{Map, Value, json};

use super::ClerkConnection;
use super::marker::{OURS, ours};
use super::time::timestamp;

/// The member that holds the notes: an object, so that two commands at once do not overwrite each other's.
const TOKENS: &str = "signInTokens";

/// The most tokens that are noted: private metadata has room for 8 KiB.
pub(crate) const MOST_NOTED: usize = 32;

/// Clerk's code for a token that was redeemed, or revoked before.
const NOT_PENDING: &str = "sign_in_token_cannot_be_revoked_code";

/// The ids of sign-in tokens, and when each expires in RFC 3339.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NotedTokens(BTreeMap<String, String>);

/// What became of the noted tokens.
#[derive(Debug, Default)]
pub(super) struct Revoked {
    /// How many could still have been redeemed.
    pub done: usize,
    /// How many could not: redeemed, revoked before, or expired.
    pub worthless: usize,
    /// Those that may still be redeemed, and why they could not be revoked.
    pub failed: Vec<(String, Error)>,
}

impl NotedTokens {
    /// Those that are noted at a user.
    pub(crate) fn of(user: &User) -> Self {
        let noted = user.private_metadata.as_ref();
        let noted = noted.and_then(|metadata| metadata.get(OURS)?.get(TOKENS)?.as_object());
        let entry = |(id, expires_at): (&String, &Value)| Some((id.clone(), expires_at.as_str()?.to_owned()));
        Self(noted.into_iter().flatten().filter_map(entry).collect())
    }

    /// Whether none is noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that have not expired, by id.
    pub(crate) fn unexpired(&self, now: SystemTime) -> Vec<&str> {
        let now = timestamp(now);
        // Both are in UTC and of one length, so text compares as time.
        let alive = self.0.iter().filter(|(_, expires_at)| **expires_at > now);
        alive.map(|(id, _)| id.as_str()).collect()
    }

    /// Notes one more token of the user, and forgets those that have expired. Returns the user with the note.
    ///
    /// # Errors
    /// If Clerk does not take the note.
    pub(crate) async fn note(
        &self,
        connection: &ClerkConnection,
        user_id: &str,
        token_id: &str,
        lifetime: Duration,
        now: SystemTime,
    ) -> Result<User, Error> {
        let alive = self.unexpired(now);
        let expired = self.0.keys().filter(|id| !alive.contains(&id.as_str()));
        let mut change: Map<String, Value> = expired.map(|id| (id.clone(), Value::Null)).collect();
        change.insert(token_id.to_owned(), json!(timestamp(now + lifetime)));
        merge(connection, user_id, change).await
    }

    /// Forgets a token that was withdrawn.
    ///
    /// # Errors
    /// If Clerk does not take the change.
    pub(crate) async fn forget(
        &self,
        connection: &ClerkConnection,
        user_id: &str,
        token_id: &str,
    ) -> Result<(), Error> {
        if self.0.contains_key(token_id) {
            let change = Map::from_iter([(token_id.to_owned(), Value::Null)]);
            merge(connection, user_id, change).await?;
        }
        Ok(())
    }

    /// Revokes all of them, also those that should have expired: clocks differ.
    pub(super) async fn revoke(&self, connection: &ClerkConnection) -> Revoked {
        let mut result = Revoked::default();
        for id in self.0.keys() {
            match connection.api.sign_in_tokens().revoke(id).await {
                Ok(()) => result.done += 1,
                Err(error) if error.is_not_found() || error.code() == Some(NOT_PENDING) => {
                    result.worthless += 1;
                }
                Err(error) => result.failed.push((id.clone(), error)),
            }
        }
        result
    }
}

async fn merge(
    connection: &ClerkConnection,
    user_id: &str,
    change: Map<String, Value>,
) -> Result<User, Error> {
    let change = Metadata::private(ours(&json!({ TOKENS: change })));
    connection.api.users().merge_metadata(user_id, change).await
}
