//! The end of a shut-out. After a crash at any step it may be run again: the marker goes last, together with the role's
//! return.

use clerk::{Error, Identifier, Metadata};

use super::compare::{Point, Remedy, compare};
use super::current::{Current, LookUpFailure};
use super::marker::Marker;
use super::session::end_each_session;
use super::sign_in_tokens::NotedTokens;
use super::{ClerkConnection, Desired};

/// What was done to let a user in again.
#[derive(Clone, Debug, Default)]
pub(crate) struct LetIn {
    /// Whether the user carried the marker.
    pub was_shut_out: bool,
    /// Whether the user was banned.
    pub was_banned: bool,
    /// Whether a password was removed that the user had got.
    pub password_removed: bool,
    /// How many sessions were ended.
    pub ended: usize,
}

impl LetIn {
    /// Whether anything was changed but sessions.
    pub(crate) fn has_changed(&self) -> bool {
        self.was_shut_out || self.was_banned || self.password_removed
    }
}

/// Why a user was not let in again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotLetIn {
    /// A call to Clerk failed. What was done before it stays, and a repetition continues.
    #[error("{0}; run `hemera-api clerk enable` again")]
    Clerk(#[from] Error),
    /// The user could not be found again.
    #[error(transparent)]
    LookUp(#[from] LookUpFailure),
    /// Clerk revokes no sign-in tokens, or ends no sessions.
    #[error(
        "{what} could not be taken back, so nothing was given back: {error}; run `hemera-api clerk enable` again"
    )]
    StillOpen {
        /// What may still be used, by id.
        what: String,
        /// Clerk's refusal.
        error: Error,
    },
    /// Something that only a person can decide on.
    #[error("nothing was given back, because something stands in the way")]
    Obstacles {
        /// What differs from what should be.
        points: Vec<Point>,
        /// What was added since the shut-out.
        added: Vec<Identifier>,
    },
}

/// Lets a user in again: ends its sessions, revokes sign-in tokens, reads it anew, and gives back what a shut-out took
/// away, if nothing stands in the way.
///
/// # Errors
/// [`NotLetIn`]. Only sessions and sign-in tokens may have ended then, or a part of the steps was taken.
pub(crate) async fn let_in(
    connection: &ClerkConnection,
    desired: &Desired,
    user_id: &str,
) -> Result<LetIn, NotLetIn> {
    let users = connection.api.users();
    let sessions = end_each_session(connection, user_id).await?;
    if let Some((what, error)) = sessions.failed.into_iter().next() {
        return Err(NotLetIn::StillOpen { what, error });
    }
    let current = Current::load(connection, desired, Some(user_id)).await?;
    let Some(user) = &current.user else {
        return Ok(LetIn::default());
    };
    let tokens = NotedTokens::of(user).revoke(connection).await;
    if let Some((what, error)) = tokens.failed.into_iter().next() {
        return Err(NotLetIn::StillOpen { what, error });
    }
    let marker = Marker::of(user);
    let added = marker
        .as_ref()
        .map(|marker| marker.added(user))
        .unwrap_or_default();
    let points: Vec<Point> = compare(desired, &current)
        .into_iter()
        .filter(|point| {
            matches!(point.remedy, Remedy::Operator(_)) && point.found.is_some() && !point.is_met()
        })
        .collect();
    if !points.is_empty() || !added.is_empty() {
        return Err(NotLetIn::Obstacles { points, added });
    }
    if user.password_enabled {
        users.remove_password(user_id).await?;
    }
    if user.banned {
        users.unban(user_id).await?;
    }
    if marker.is_some() {
        let change = Metadata::public(desired.metadata()).with_private(Marker::removed());
        users.merge_metadata(user_id, change).await?;
    }
    Ok(LetIn {
        was_shut_out: marker.is_some(),
        was_banned: user.banned,
        password_removed: user.password_enabled,
        ended: sessions.ended.len(),
    })
}
