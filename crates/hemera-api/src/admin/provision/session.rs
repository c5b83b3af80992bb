//! The service user's sessions from which tokens can still be minted.

use clerk::{Error, SessionStatus};

use super::ClerkConnection;

/// What became of the sessions that were to be ended.
#[derive(Debug, Default)]
pub(crate) struct EndedSessions {
    /// The ids of those that have ended, newest first.
    pub ended: Vec<String>,
    /// Those that Clerk did not end, and why.
    pub failed: Vec<(String, Error)>,
}

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
    let EndedSessions { ended, failed } = end_each_session(connection, user_id).await?;
    match failed.into_iter().next() {
        Some((_, error)) => Err(error),
        None => Ok(ended),
    }
}

/// Ends each of them, also if another could not be ended.
///
/// # Errors
/// If they cannot be listed.
pub(crate) async fn end_each_session(
    connection: &ClerkConnection,
    user_id: &str,
) -> Result<EndedSessions, Error> {
    let mut result = EndedSessions::default();
    for id in live_sessions(connection, user_id).await? {
        match connection.api.sessions().revoke(&id).await {
            Err(error) if !error.is_not_found() => result.failed.push((id, error)),
            _ => result.ended.push(id),
        }
    }
    Ok(result)
}
