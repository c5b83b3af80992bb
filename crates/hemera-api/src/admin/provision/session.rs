//! The service user's sessions from which tokens can still be minted.

use clerk::{Error, SessionStatus};

use super::ClerkConnection;

/// The ids of a user's sessions that have not ended, newest first.
///
/// # Errors
/// If Clerk does not answer.
pub(crate) async fn live_sessions(connection: &ClerkConnection, user_id: &str) -> Result<Vec<String>, Error> {
    let mut ids = Vec::new();
    for status in [SessionStatus::Active, SessionStatus::Pending] {
        let sessions = connection.api.sessions().list(user_id, Some(status)).await?;
        ids.extend(sessions.into_iter().map(|session| session.id));
    }
    Ok(ids)
}

/// Ends all of them, and returns their ids.
///
/// # Errors
/// If Clerk refuses to end one.
pub(crate) async fn end_sessions(connection: &ClerkConnection, user_id: &str) -> Result<Vec<String>, Error> {
    let ids = live_sessions(connection, user_id).await?;
    for id in &ids {
        connection.api.sessions().revoke(id).await?;
    }
    Ok(ids)
}
